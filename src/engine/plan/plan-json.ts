import type { PlannedSite } from "../cache/dry-run.js";
import type { RunSize } from "../cards/card.js";
import { accept, anAmount, fields } from "../expect.js";
import { aGpu, aRunPlan } from "./checks.js";
import type { DecidedBy } from "./decided-by.js";
import type { Dtype } from "./dtypes.js";
import { type Band, type ExpectedTime, expectedSpeedUp, expectedTime } from "./expected-time.js";
import type { Gpu } from "./gpus.js";
import { memoryOf, type RunMemory } from "./memory-of.js";
import type { RunPlan } from "./plan-run.js";
import type { RecordedShare } from "./recorded-shares.js";

/** What a plan is said beside. */
export interface PlanBeside {
  /** One uncached time, in seconds. */
  readonly seconds?: number;
  /** The GPU that time and memory are said of. */
  readonly gpu?: Gpu;
  /** Memory of the GPU, where it is not the usual one. */
  readonly gpuGib?: number;
  /** See `diffusersCacheBytes`. */
  readonly diffusersCacheBytes?: number;
}

/** A plan as plain JSON. Scripts depend on these names. */
export interface PlanJson {
  /** Name of the model. */
  readonly card: string;
  /** Of its network in diffusers. */
  readonly class: string;
  /** What is made. */
  readonly size: RunSize;
  /** Denoising steps. */
  readonly steps: number;
  /** Branches that are decided apart. */
  readonly branches: number;
  /** Passes of an uncached step. */
  readonly passes: number;
  /** Made in one run. */
  readonly clips: number;
  /** Of the weights. */
  readonly dtype: Dtype;
  /** Of the image or video. */
  readonly tokens: number;
  /** Rows of the text. */
  readonly textTokens: number;
  /** Of the network, of one expert where there are several. */
  readonly parameters: number;
  /** Of one branch and one clip. */
  readonly flopsPerPass: number;
  /** The same by kind of sub-layer. */
  readonly flopsByKind: Readonly<Record<string, number>>;
  /** Shares of the uncached run's operations that are skipped. */
  readonly skippedByKind: Readonly<Record<string, number>>;
  /** One per step, noise first. */
  readonly timesteps: readonly number[];
  /** A 1 per step in which a site is computed, and the bytes kept there. */
  readonly sites: readonly (PlannedSite & { readonly bytes: number })[];
  /** Of the uncached run's operations. */
  readonly computedShare: number;
  /** If time followed operations. */
  readonly idealSpeedUp: number;
  /** With what cached steps cost. */
  readonly expectedSpeedUp: Band;
  /** By method. */
  readonly decidedBy: Readonly<Record<string, DecidedBy>>;
  /** The published runs whose shares are taken. */
  readonly recordedShares?: readonly RecordedShare[];
  /** What methods keep. */
  readonly cacheBytes: number;
  /** What diffusers' hooks keep, where that is more. */
  readonly diffusersCacheBytes?: number;
  /** Of every expert. */
  readonly weightsBytes: number;
  /** One hidden tensor. */
  readonly hiddenBytes: number;
  /** First step of the second expert. */
  readonly expertSwitch?: number;
  /** There where the GPU's memory is known. */
  readonly memory?: RunMemory & { readonly gpuGib: number };
  /** There where a time or a GPU is given. */
  readonly seconds?: ExpectedTime;
}

/** A plan as plain JSON, with time and memory as far as they can be said. */
export const planToJson = (plan: RunPlan, beside: PlanBeside = {}): PlanJson => {
  accept("planToJson", {
    plan: [plan, aRunPlan],
    beside: [
      beside,
      fields({ "seconds?": anAmount, "gpu?": aGpu, "gpuGib?": anAmount, "diffusersCacheBytes?": anAmount }),
    ],
  });
  const { card, tokens, kinds, sites } = plan;
  const { seconds, gpu, gpuGib = gpu?.memoryGib } = beside;
  const time = seconds !== undefined ? expectedTime(plan, { seconds }) : gpu ? expectedTime(plan, { gpu }) : undefined;
  return {
    card: card.name,
    class: card.class,
    size: plan.size,
    steps: plan.steps,
    branches: plan.branches,
    passes: plan.passes,
    clips: plan.clips,
    dtype: plan.dtype,
    tokens: tokens.N,
    textTokens: tokens.L,
    parameters: card.parameters,
    flopsPerPass: plan.flopsPerPass,
    flopsByKind: Object.fromEntries(kinds.map(({ kind, flops }) => [kind, flops])),
    skippedByKind: Object.fromEntries(kinds.map(({ kind, skipped }) => [kind, skipped])),
    timesteps: plan.timesteps,
    sites: sites.map(({ site, kind, computed, bytes }) => ({ site, kind, computed, bytes })),
    computedShare: plan.computedShare,
    idealSpeedUp: plan.idealSpeedUp,
    expectedSpeedUp: expectedSpeedUp(plan),
    decidedBy: plan.decidedBy,
    ...(plan.recordedShares ? { recordedShares: plan.recordedShares } : {}),
    cacheBytes: plan.cacheBytes,
    ...(beside.diffusersCacheBytes === undefined ? {} : { diffusersCacheBytes: beside.diffusersCacheBytes }),
    weightsBytes: plan.weightsBytes,
    hiddenBytes: plan.hiddenBytes,
    ...(plan.expertSwitch === undefined ? {} : { expertSwitch: plan.expertSwitch }),
    ...(gpuGib === undefined ? {} : { memory: { gpuGib, ...memoryOf(plan, gpuGib) } }),
    ...(time ? { seconds: time } : {}),
  };
};
