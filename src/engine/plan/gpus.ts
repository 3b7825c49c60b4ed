import { EngineError } from "../errors.js";

/** A GPU as far as the planner knows it. */
export interface Gpu {
  /** As people call it: "H100". */
  readonly name: string;
  /** Of its usual build. */
  readonly memoryGib: number;
  /** Dense 16-bit matrix products with 32-bit sums, by its data sheet, in 10¹² operations a second. */
  readonly peakTflops: number;
  /**
   * Where its speed is known from. "group": fitted to published runs on
   * this GPU, which it meets within 20 %. "nvidia": fitted to all NVIDIA GPUs together, within a factor of 1.5. "none":
   * there is no run to fit to, and only a lower bound can be said.
   */
  readonly evidence: "group" | "nvidia" | "none";
  /** Share of the peak that uncached runs reach in matrix products and in attention. */
  readonly efficiency: { readonly products: number; readonly attention: number };
}

/** One pair for all NVIDIA GPUs together. */
const anyNvidia = { products: 0.385, attention: 0.63 };
const peak = { products: 1, attention: 1 };

const group = (name: string, memoryGib: number, peakTflops: number, products: number, attention: number): Gpu => ({
  ...{ name, memoryGib, peakTflops, evidence: "group", efficiency: { products, attention } },
});
const nvidia = (name: string, memoryGib: number, peakTflops: number): Gpu => ({
  ...{ name, memoryGib, peakTflops, evidence: "nvidia", efficiency: anyNvidia },
});
const unproven = (name: string, memoryGib: number, peakTflops: number): Gpu => ({
  ...{ name, memoryGib, peakTflops, evidence: "none", efficiency: peak },
});

/** GPUs that can be named; efficiencies are fitted to the uncached runs of the page "How accurate plans are". */
export const gpus: readonly Gpu[] = [
  group("A100", 80, 312, 0.35, 0.73),
  group("A800", 80, 312, 0.35, 0.73),
  group("H100", 80, 989, 0.43, 0.33),
  group("L20", 48, 119.5, 0.61, 0.91),
  group("H20", 96, 148, 1.09, 0.61),
  nvidia("RTX 4090", 24, 165.2),
  nvidia("RTX PRO 6000", 96, 503.8),
  nvidia("H200", 141, 989),
  nvidia("B200", 180, 2250),
  unproven("RTX 5090", 32, 209.5),
];

/** @throws EngineError "input-invalid" that lists what there is */
export const gpuOf = (name: string): Gpu => {
  const found = gpus.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!found)
    throw new EngineError("input-invalid", `The planner knows no GPU "${name.slice(0, 60)}".`, {
      hint: `It knows ${gpus.map((one) => one.name).join(", ")}; or give its memory and one uncached time.`,
    });
  return found;
};
