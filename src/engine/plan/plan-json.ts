import { expectedSpeedUp, expectedTime } from "./expected-time.js";
import type { Gpu } from "./gpus.js";
import { memoryOf } from "./memory-of.js";
import type { RunPlan } from "./plan-run.js";

/** What a plan is printed beside. */
export interface PlanBeside {
  /** One uncached time, in seconds. */
  readonly seconds?: number;
  readonly gpu?: Gpu;
  readonly gpuGib?: number;
  readonly diffusersCacheBytes?: number;
}

/** A plan as plain JSON: the fields that scripts depend on, and what else is known. */
export const planToJson = (plan: RunPlan, beside: PlanBeside = {}) => {
  const { card, tokens, kinds, sites } = plan;
  const { seconds, gpu, gpuGib = gpu?.memoryGib } = beside;
  const time = seconds !== undefined ? expectedTime(plan, { seconds }) : gpu ? expectedTime(plan, { gpu }) : undefined;
  return {
    card: card.name,
    class: card.class,
    size: plan.size,
    steps: plan.steps,
    branches: plan.branches,
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
    cacheBytes: plan.cacheBytes,
    ...(beside.diffusersCacheBytes === undefined ? {} : { diffusersCacheBytes: beside.diffusersCacheBytes }),
    weightsBytes: plan.weightsBytes,
    hiddenBytes: plan.hiddenBytes,
    ...(plan.expertSwitch === undefined ? {} : { expertSwitch: plan.expertSwitch }),
    ...(gpuGib === undefined ? {} : { memory: { gpuGib, ...memoryOf(plan, gpuGib) } }),
    ...(time ? { seconds: time } : {}),
  };
};
