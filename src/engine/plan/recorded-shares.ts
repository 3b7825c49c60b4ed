import { accept, aMethod, aText, wholeFrom } from "../expect.js";
import type { CacheMethod } from "../method.js";

/** How many steps a method skipped in a published run of a model, under these settings. */
export interface RecordedShare {
  /** The card's name. */
  readonly card: string;
  /** The method's name. */
  readonly method: string;
  /** Its options, as far as the source says them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Steps of that run that could be skipped, 0 … 1. */
  readonly share: number;
  /** Steps of that run. */
  readonly steps: number;
  /** Address. */
  readonly source: string;
}

const github = "https://github.com/";
const bench = `${github}vipshop/cache-dit/blob/main/bench/cache/README.md`;
const readme = `${github}vipshop/cache-dit/blob/main/docs/benchmark`;
const mlx = `${github}IonDen/mlx-teacache`;

const dbCache = (
  [fnComputeBlocks, bnComputeBlocks, maxWarmupSteps, maxContinuousCachedSteps]: readonly [
    number,
    number,
    number,
    number,
  ],
  residualDiffThreshold: number,
) => ({ fnComputeBlocks, bnComputeBlocks, maxWarmupSteps, maxContinuousCachedSteps, residualDiffThreshold });

/** F, W, MC, threshold and share; B is 0, MC −1 no limit. Shares from the TFLOPs of each run. */
const inBench: readonly (readonly [F: number, W: number, MC: number, threshold: number, share: number])[] = [
  [1, 4, -1, 0.08, 0.5456],
  ...([0.12, 0.16, 0.2, 0.24, 0.32] as const).flatMap((threshold, at) =>
    (
      [
        [2, [0.5796, 0.6, 0.62, 0.62, 0.62]],
        [3, [0.6198, 0.66, 0.68]],
        [4, [0.6352, 0.6998, 0.703, 0.72, 0.74]],
      ] as const
    ).flatMap(([MC, shares]) => {
      const share = shares[at];
      return share === undefined ? [] : [[1, 4, MC, threshold, share] as const];
    }),
  ),
  [1, 4, 6, 0.24, 0.76],
  [1, 4, 6, 0.32, 0.7606],
  [4, 4, 4, 0.24, 0.7204],
  [4, 4, 4, 0.32, 0.74],
  [4, 4, 6, 0.32, 0.78],
  [8, 4, 3, 0.32, 0.68],
  [8, 4, 4, 0.24, 0.7196],
  [8, 4, 6, 0.32, 0.7692],
  [8, 8, -1, 0.08, 0.4884],
  [8, 8, 2, 0.12, 0.5166],
  [8, 8, 2, 0.16, 0.5382],
  [8, 8, 2, 0.2, 0.5408],
  [8, 8, 2, 0.24, 0.56],
  [8, 8, 2, 0.32, 0.56],
  [8, 8, 3, 0.16, 0.5978],
  [8, 8, 3, 0.2, 0.6004],
  [8, 8, 4, 0.12, 0.571],
  [8, 8, 4, 0.2, 0.6396],
];

type Tea = readonly [card: string, threshold: number, skipped: number, steps: number, source: string];
const teaCache: readonly Tea[] = [
  ["FLUX.1-dev", 0.2, 4, 25, mlx],
  ["FLUX.1-dev", 0.25, 21.2, 50, `${github}NVIDIA/TensorRT-LLM/pull/12007`],
  ["FLUX.1-dev", 0.4, 27.55, 50, `${github}NVIDIA/TensorRT-LLM/pull/12007`],
  ["FLUX.1-dev", 0.6, 31.8, 50, `${github}NVIDIA/TensorRT-LLM/pull/12007`],
  ["FLUX.2-dev", 0.2, 5, 16, `${github}NVIDIA/TensorRT-LLM/pull/16644`],
  ["Z-Image", 0.12, 14, 50, mlx],
  ["Qwen-Image", 0.3, 25, 50, mlx],
];

const seaCache: readonly Tea[] = [
  ["Qwen-Image-Edit", 0.15, 14, 40, `${github}vllm-project/vllm-omni/pull/6975`],
  ["Qwen-Image-Edit", 0.3, 22, 40, `${github}vllm-project/vllm-omni/pull/6975`],
  ["FLUX.2-klein-4B", 0.6, 2, 10, `${github}vllm-project/vllm-omni/pull/6975`],
  ["FLUX.2-klein-4B", 1, 4, 10, `${github}vllm-project/vllm-omni/pull/6975`],
  ["FLUX.2-klein-4B", 1.5, 5, 10, `${github}vllm-project/vllm-omni/pull/6975`],
];

const ofH3 = (MC: number, threshold: number, hits: number): RecordedShare => ({
  ...{ card: "MiniMax-H3", method: "dbcache", options: dbCache([1, 0, 4, MC], threshold) },
  ...{ share: hits / 49, steps: 49, source: `${github}sgl-project/sglang/issues/33828` },
});

/** Every published run of which settings and skipped steps are both known. */
export const recordedShares: readonly RecordedShare[] = [
  ...inBench.map(([F, W, MC, threshold, share]) => ({
    ...{ card: "FLUX.1-dev", method: "dbcache", options: dbCache([F, 0, W, MC], threshold) },
    ...{ share, steps: 50, source: bench },
  })),
  ...(
    [
      [1, 0, 0.08, 11],
      [1, 0, 0.12, 14],
      [1, 0, 0.15, 17],
      [1, 0, 0.2, 19],
      [8, 8, 0.15, 15],
      [12, 12, 0.2, 16],
      [16, 16, 0.2, 13],
    ] as const
  ).map(([F, B, threshold, skipped]) => ({
    ...{ card: "FLUX.1-dev", method: "dbcache", options: dbCache([F, B, 8, -1], threshold) },
    ...{ share: skipped / 28, steps: 28, source: readme },
  })),
  ofH3(3, 0.04, 18),
  ofH3(3, 0.08, 29),
  ofH3(3, 0.12, 32),
  ofH3(3, 0.24, 34),
  ...teaCache.map(([card, relL1Thresh, skipped, steps, source]) => ({
    ...{ card, method: "teacache", options: { relL1Thresh }, share: skipped / steps, steps, source },
  })),
  ...seaCache.map(([card, threshold, skipped, steps, source]) => ({
    ...{ card, method: "seacache", options: { threshold }, share: skipped / steps, steps, source },
  })),
];

/**
 * The recorded share of a method on a model, if its options are those of a published run; the run of the nearest number
 * of steps where there are several.
 *
 * @throws EngineError "input-invalid"
 */
export const recordedShare = (card: string, method: CacheMethod, steps: number): RecordedShare | undefined => {
  accept("recordedShare", { card: [card, aText], method: [method, aMethod], steps: [steps, wholeFrom(1)] });
  const { name, options } = method;
  return recordedShares
    .filter(
      (one) =>
        one.card === card &&
        one.method === name &&
        Object.entries(one.options).every(([key, value]) => options[key] === value),
    )
    .toSorted((a, b) => Math.abs(a.steps - steps) - Math.abs(b.steps - steps))[0];
};
