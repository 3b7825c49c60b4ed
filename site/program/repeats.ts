import type { Outcome } from "./example-module.js";
import { speedup } from "./summary.js";

/** How often a pair of runs may be made. */
export const repeats = [1, 3, 5] as const;
export type Repeats = (typeof repeats)[number];

/** The pair in the middle by speed-up, of pairs of the same settings, and how far apart they are. */
export interface Repeated {
  readonly outcome: Outcome;
  /** Of each pair, from the slowest to the fastest. */
  readonly speedups: readonly number[];
}

/** @param outcomes at least one; their clips are the same, their times are not */
export const repeated = (outcomes: readonly Outcome[]): Repeated => {
  const sorted = outcomes.toSorted((a, b) => speedup(a) - speedup(b));
  return { outcome: sorted[(sorted.length - 1) >> 1] as Outcome, speedups: sorted.map(speedup) };
};
