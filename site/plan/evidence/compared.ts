import {
  type Band,
  diffusersCacheBytes,
  expectedSpeedUp,
  expectedTime,
  gpus,
  memoryOf,
  methodFromName,
  modelCard,
  planRun,
} from "diffusion-cache";
import { type MagRatios, methodOf, type PublishedMethod, type PublishedPlan, recompute } from "./recompute.ts";

/** A published speed-up with the settings of its run. */
export interface PublishedSpeedUp {
  readonly model: string;
  readonly method: string;
  readonly settings: string;
  readonly device: string;
  readonly baseSeconds?: number;
  readonly cachedSeconds?: number;
  readonly published: number;
  /** By operations, as counted apart from this engine. */
  readonly ideal: number;
  readonly maskFrom: string;
  readonly source: string;
  readonly note?: string;
  readonly plan: PublishedPlan;
}

/** A published uncached run. */
export interface PublishedSeconds {
  readonly run: string;
  readonly gpu: string;
  readonly seconds: number;
  readonly source: string;
  readonly note?: string;
  readonly plan: PublishedPlan;
}

/** Published bytes of a cache, a verdict on a GPU, or a peak. */
export interface PublishedMemory {
  readonly bytes: readonly Readonly<Record<string, number | string>>[];
  readonly measured: readonly {
    readonly run: string;
    readonly method: string;
    readonly what: "cache" | "cache in diffusers" | "fits" | "total";
    readonly measured: number | string;
    readonly unit: string;
    readonly source: string;
    readonly gpuGib?: number;
    readonly plan: PublishedPlan;
  }[];
  readonly peaks: readonly {
    readonly run: string;
    readonly peakBytes: number;
    readonly weightsBytes: number;
    readonly source: string;
    readonly plan: PublishedPlan;
  }[];
}

const engineOf = ({ source, device }: PublishedSpeedUp): string => {
  const known: readonly (readonly [RegExp, string])[] = [
    [/bench\/cache/, "cache-dit, bench of 50 steps"],
    [/cache-dit/, device.includes("×") ? "cache-dit, several GPUs" : "cache-dit, 28 steps"],
    [/MagCache|2506\.09045/, "MagCache"],
    [/ToCa|Shenyi-Z\/TaylorSeer/, "ToCa and TaylorSeer"],
    [/SeaCache/, "SeaCache's rivals"],
    [/diffusers/, "diffusers"],
    [/2411\.19108/, "VideoSys (PAB)"],
    [/learning-to-cache/, "Learning-to-Cache"],
    [/vllm-omni/, "vLLM-Omni"],
  ];
  return known.find(([pattern]) => pattern.test(source))?.[1] ?? "other";
};

/** Evidence of every kind, planned again: what a plan says beside what was published. */
export const compared = (evidence: {
  readonly ratios: MagRatios;
  readonly speedUps: readonly PublishedSpeedUp[];
  readonly seconds: readonly PublishedSeconds[];
  readonly memory: PublishedMemory;
}) => {
  const { ratios, speedUps, seconds, memory } = evidence;
  const round = (value: number): number => Number(value.toPrecision(6));
  const band = ([low, high]: Band): Band => [round(low), round(high)];
  return {
    speedUps: speedUps.map((row) => {
      const { plan: settings, ideal: counted, maskFrom, ...shown } = row;
      const { plan, ideal } = recompute(settings, ratios);
      const expected: Band = settings.fewer === undefined ? expectedSpeedUp(plan) : [ideal, ideal];
      const exact = maskFrom.startsWith("settings") || maskFrom === "published schedule";
      return {
        ...shown,
        card: settings.card,
        engine: engineOf(row),
        exact,
        ideal: round(ideal),
        expected: band(expected),
      };
    }),
    seconds: seconds.map((row) => {
      const { plan: settings, ...shown } = row;
      const gpu = gpus.find(({ name }) => name === row.gpu);
      if (!gpu) throw new Error(`no GPU is called ${row.gpu}`);
      const { uncached, basis } = expectedTime(recompute(settings, ratios).plan, { gpu });
      return { ...shown, card: settings.card, basis, expected: band(uncached) };
    }),
    memory: memory.measured.map((row) => {
      const { plan: settings, ...shown } = row;
      const { plan } = recompute(settings, ratios);
      const methods = (settings.methods ?? []).map(methodOf(ratios));
      const bytes = row.what === "cache in diffusers" ? diffusersCacheBytes(plan, methods) : plan.cacheBytes;
      const fits = memoryOf(plan, row.gpuGib ?? 1);
      return {
        ...shown,
        cacheBytes: round(bytes ?? plan.cacheBytes),
        totalBytes: band(fits.totalBytes),
        ...(row.gpuGib === undefined ? {} : { fits: fits.fits }),
      };
    }),
    peaks: memory.peaks.map(({ plan: settings, ...row }) => {
      const { activationBytes } = memoryOf(recompute(settings, ratios).plan, 1);
      const expected: Band = [row.weightsBytes + activationBytes[0], row.weightsBytes + activationBytes[1]];
      return { ...row, expected: band(expected) };
    }),
  };
};

/** What `compared` gives, as comparison.json holds it. */
export type Comparison = ReturnType<typeof compared>;

const allKinds = ["spatial-attention", "temporal-attention", "cross-attention", "feed-forward"] as const;
const every = {
  spatialAttentionBlockSkipRange: 2,
  temporalAttentionBlockSkipRange: 2,
  crossAttentionBlockSkipRange: 2,
};

/** Bytes of a cache by the planner, under the columns of the evidence. */
export const cacheBytes = (name: string, width: number, height: number, frames: number) => {
  const card = modelCard(name);
  const bytes = ({ name: method, options = {} }: PublishedMethod): number =>
    planRun({
      ...{ card, width, height, frames, methods: [methodFromName(method, options)], modules: "whole" },
      shares: method === "teacache" || method === "firstblockcache" ? { [method]: 0.5 } : {},
    }).cacheBytes;
  return {
    fbcache: bytes({ name: "firstblockcache" }),
    magcache: bytes({ name: "magcache", options: { magRatios: [1] } }),
    teacache: bytes({ name: "teacache", options: { coefficients: [1, 0] } }),
    pab: bytes({ name: "pab", options: every }),
    fora: bytes({ name: "fora" }),
    taylorseer_order1: bytes({ name: "taylorseer", options: { sites: allKinds } }),
    taylorseer_order2: bytes({ name: "taylorseer", options: { sites: allKinds, maxOrder: 2 } }),
  };
};
