import { accept, anAmount, fields } from "../expect.js";
import type { Band } from "./expected-time.js";
import type { RunPlan } from "./plan-run.js";

/**
 * Hidden tensors that are alive at the peak of a pass beside weights and cache: 15 to 47 in ten published peaks of eight
 * models (`memory.json` of the page "How accurate plans are").
 */
export const liveTensors: Band = [15, 47];

/** The memory of a run against a GPU's. Encoders and decoder are not counted: pipelines can keep them elsewhere. */
export interface RunMemory {
  /** All weights of the network. */
  readonly weightsBytes: number;
  /** What methods keep. */
  readonly cacheBytes: number;
  /** Of 15 to 47 hidden tensors. */
  readonly activationBytes: Band;
  /** All together. */
  readonly totalBytes: Band;
  /** "maybe": it depends on what lies between the two ends of the activations. */
  readonly fits: "yes" | "maybe" | "no";
  /** What is missing at the least and at the most; 0 where it fits. */
  readonly shortBytes: Band;
}

/** What a run needs of a GPU of so many GiB. */
export const memoryOf = (
  plan: Pick<RunPlan, "weightsBytes" | "cacheBytes" | "hiddenBytes">,
  gpuGib: number,
): RunMemory => {
  accept("memoryOf", {
    plan: [plan, fields({ weightsBytes: anAmount, cacheBytes: anAmount, hiddenBytes: anAmount })],
    gpuGib: [gpuGib, anAmount],
  });
  const { weightsBytes, cacheBytes, hiddenBytes } = plan;
  const activationBytes: Band = [liveTensors[0] * hiddenBytes, liveTensors[1] * hiddenBytes];
  const total = (activations: number): number => weightsBytes + cacheBytes + activations;
  const totalBytes: Band = [total(activationBytes[0]), total(activationBytes[1])];
  const room = gpuGib * 2 ** 30;
  const short = (bytes: number): number => Math.max(0, bytes - room);
  return {
    ...{ weightsBytes, cacheBytes, activationBytes, totalBytes },
    fits: totalBytes[1] <= room ? "yes" : totalBytes[0] <= room ? "maybe" : "no",
    shortBytes: [short(totalBytes[0]), short(totalBytes[1])],
  };
};
