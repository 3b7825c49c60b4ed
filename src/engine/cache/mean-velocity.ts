import { type Gram, normOf } from "./fitted.js";
import { planSteps, type StepPlan, type StepPlanRequest } from "./step-plan.js";

// Mean velocities of a flow (MeanCache, arXiv:2601.19961), as weights over predictions. Times are timesteps, noise first.

/** How far a step leads; the last one of a flow ends at 0. */
const wayOf = (times: readonly number[], step: number): number => (times[step + 1] ?? 0) - (times[step] as number);

/**
 * The prediction of a step from those of the `order` steps before it: the last one, moved on by the slope that the oldest
 * one and the mean of them all have between them, v₋₁ − (v_oldest − v̄) · way of the step / way of them all. An order of
 * 1 is a reuse.
 *
 * @returns weights, newest first
 */
export const meanVelocityWeights = (times: readonly number[], step: number, order: number): readonly number[] => {
  const all = (times[step] as number) - (times[step - order] as number);
  const ratio = wayOf(times, step) / all;
  return Array.from({ length: order }, (_, age) => {
    const mean = wayOf(times, step - 1 - age) / all;
    return (age === 0 ? 1 : 0) + ratio * (age === order - 1 ? mean - 1 : mean);
  });
};

/** Which steps are computed, and from how many predictions each gap between two of them is estimated. */
export interface MeanCachePath {
  /** Ascending, from 0 on. */
  readonly computed: readonly number[];
  /** K of the gap behind each computed step, from 1 (reuse) to 6; 1 where the list ends. */
  readonly orders: readonly number[];
}

/** A gap between two computed steps: how it is estimated best, and what that loses. */
interface Gap {
  /** K, from 1 on. */
  readonly order: number;
  /** Of the mean velocity over the gap, root mean square, relative to the predictions of the run. */
  readonly error: number;
}

/** Step after step of a gap as weights over true predictions, then the mean of what each is off by. */
const gapError = (products: Gram, times: readonly number[], at: number, to: number, order: number): number => {
  const from = at + 1 - order;
  const unit = (step: number): number[] => Array.from({ length: to - from }, (_, j) => (from + j === step ? 1 : 0));
  const rows = Array.from({ length: order }, (_, age) => unit(at - age)); // newest first
  const off = unit(-1);
  for (let step = at + 1; step < to; step++) {
    const weights = meanVelocityWeights(times, step, order);
    const row = off.map((_, j) => weights.reduce((sum, weight, age) => sum + weight * (rows[age]?.[j] as number), 0));
    const share = wayOf(times, step) / ((times[to] as number) - (times[at] as number));
    const truth = unit(step);
    for (const [j, weight] of row.entries()) off[j] = (off[j] as number) + share * (weight - (truth[j] as number));
    rows.unshift(row);
  }
  return normOf(products, off, from);
};

/**
 * The best order of every gap, from 1 to `maxOrder` and no more than there are steps before it; the smallest of equals.
 * @param products of the predictions of uncached runs with these times
 */
const gapsOf = (products: Gram, times: readonly number[], maxOrder: number) => {
  const known = new Map<number, Gap>();
  return (at: number, to: number): Gap => {
    const key = at * times.length + to;
    let best = known.get(key);
    for (let order = 1; !known.has(key) && order <= Math.min(maxOrder, at + 1); order++) {
      const error = to - at === 1 ? 0 : gapError(products, times, at, to, order);
      if (!best || error < best.error) best = { order, error };
    }
    known.set(key, best as Gap);
    return best as Gap;
  };
};

/**
 * The path on which the errors of all gaps, each to the power of `gamma`, have the least sum.
 * @param bounds with a budget that `fewestSteps` allows, and a last step that is computed
 */
export const leastPath = (
  products: Gram,
  times: readonly number[],
  {
    maxOrder,
    gamma,
    ...bounds
  }: Omit<StepPlanRequest, "objective" | "cost"> & Readonly<Record<"maxOrder" | "gamma", number>>,
): MeanCachePath => {
  const gap = gapsOf(products, times, maxOrder);
  const cost = (_: number, at: number, to: number): number => (to < times.length ? gap(at, to).error ** gamma : 0);
  const { computed } = planSteps({ ...bounds, objective: "sum", cost }) as StepPlan;
  return { computed, orders: computed.slice(1).map((to, at) => gap(computed[at] as number, to).order) };
};
