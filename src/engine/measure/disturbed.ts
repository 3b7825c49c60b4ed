import { accept, anAmount } from "../expect.js";

/** How far a measured speed-up may lie above the ideal one: what clocks leave open. */
const slack = 1.05;

/**
 * Whether a measured speed-up says nothing, being more than the ideal one. More cannot be: something else kept the
 * processor busy during one of the two runs.
 *
 * @param speedup uncached time over time
 * @param ideal if what was not computed had cost nothing ({@link idealSpeedup})
 */
export const isDisturbed = (speedup: number, ideal: number): boolean => {
  accept("isDisturbed", { speedup: [speedup, anAmount], ideal: [ideal, anAmount] });
  return speedup > slack * ideal;
};
