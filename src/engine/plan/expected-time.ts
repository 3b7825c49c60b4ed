import type { Flops } from "../cards/flops.js";
import { accept, anAmount, fields, listOf } from "../expect.js";
import { aGpu, aRunPlan } from "./checks.js";
import type { Gpu } from "./gpus.js";
import type { RunPlan } from "./plan-run.js";

/** The least and the most that is expected. */
export type Band = readonly [low: number, high: number];

/**
 * What a step costs in which something is skipped, beside the operations that it computes, in parts of a computed step:
 * comparing, reading back, launching, copying. 12 published series, 2 to 12 % of a computed step in all.
 */
export const cachedStepCost = { least: 0.02, most: 0.1 } as const;

/** How much a run gains: ideal where a skipped step costs next to nothing, least where it costs a tenth of a computed one. */
export const expectedSpeedUp = (plan: Pick<RunPlan, "stepShares">): Band => {
  accept("expectedSpeedUp", { plan: [plan, fields({ stepShares: listOf(anAmount, { most: 1000 }) })] });
  const { stepShares } = plan;
  const mean = (cost: (share: number) => number): number =>
    stepShares.reduce((sum, share) => sum + (share > 1 - 1e-9 ? share : cost(share)), 0) / stepShares.length;
  return [1 / mean((share) => share + cachedStepCost.most), 1 / mean((share) => Math.max(share, cachedStepCost.least))];
};

/** Seconds of a run, and what they were taken from. */
export interface ExpectedTime {
  /** "typed": one uncached time of the reader; the others as `Gpu.evidence`, "bound" for the peak's lower bound. */
  readonly basis: "typed" | "group" | "nvidia" | "bound";
  /** Of the run that computes everything. */
  readonly uncached: Band;
  /** Of the planned run. */
  readonly cached: Band;
}

const spread = { typed: 1, group: 1.2, nvidia: 1.5, bound: 1 } as const;

const secondsAt = ({ peakTflops, efficiency }: Gpu, { products, attention }: Flops): number =>
  (products / efficiency.products + attention / efficiency.attention) / (peakTflops * 1e12);

/**
 * Seconds of the uncached and of the cached run: from one uncached time, or from the operations at the speed that
 * published runs reached on such a GPU. Where there are none, the peak of its data sheet gives a lower bound, and the
 * upper ends are infinite.
 *
 * Text encoders and loading are not in it; the decoder is where a GPU is named.
 */
export const expectedTime = (
  plan: RunPlan,
  from: { readonly seconds: number } | { readonly gpu: Gpu },
): ExpectedTime => {
  accept("expectedTime", { plan: [plan, aRunPlan], from: [from, fields({ "seconds?": anAmount, "gpu?": aGpu })] });
  if (!("seconds" in from || "gpu" in from)) accept("expectedTime", { from: [from, fields({ gpu: aGpu })] });
  const { steps, clips, passFlops, card, size } = plan;
  const [least, most] = expectedSpeedUp(plan);
  if ("seconds" in from)
    return {
      ...{ basis: "typed", uncached: [from.seconds, from.seconds] },
      cached: [from.seconds / most, from.seconds / least],
    };
  const { gpu } = from;
  const basis = gpu.evidence === "none" ? "bound" : gpu.evidence;
  const passes = plan.passes * steps * clips;
  const run = secondsAt(gpu, { products: passFlops.products * passes, attention: passFlops.attention * passes });
  const pixels = size.width * size.height * size.frames * clips;
  const decode = secondsAt(gpu, { products: (card.decodeFlopsPerPixel ?? 0) * pixels, attention: 0 });
  const band = (low: number, high: number): Band =>
    basis === "bound" ? [low, Number.POSITIVE_INFINITY] : [low / spread[basis], high * spread[basis]];
  return { basis, uncached: band(run + decode, run + decode), cached: band(run / most + decode, run / least + decode) };
};
