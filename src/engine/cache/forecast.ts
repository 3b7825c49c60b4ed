import type { CacheMethod, Site } from "../method.js";
import { decomposition } from "./decomposition.js";

/** A way to carry a feature on from its past, as weights over what is kept. Steps and numbers only. */
export interface Forecaster {
  readonly history: number;
  readonly keeps: NonNullable<CacheMethod["keeps"]>;
  /** Whether weights need what the kept features are to each other. */
  readonly products?: true;
  /**
   * Weights in the order of `keeps`.
   * @param computed steps of the computed features that are kept, newest first
   * @param site where they are kept
   * @param products of each pair of them; not there in a plan, which has no features
   */
  weights(
    computed: readonly number[],
    step: number,
    site: Site,
    products?: readonly (readonly number[])[],
  ): readonly number[];
}

/** TaylorSeer's forecast of an order from 0 (reuse) to 3; differences are taken from step `since` on. */
export const taylor = (order: number, since = 0): Forecaster => ({
  history: order + 1,
  keeps: "computed",
  weights: (computed, step) => taylorWeights(computed, step, order, since),
});

/** HiCache's forecast of an order from 0 (reuse) to 3, with a scale from 0 (reuse) to 1. */
export const hermite = (order: number, scale: number): Forecaster => ({
  history: order + 1,
  keeps: "computed",
  weights: (computed, step) => hermiteWeights(computed, step, order, scale),
});

/** How many of the newest features are evenly spaced. */
export const evenlySpaced = (computed: readonly number[]): number => {
  const gap = (at: number): number => (computed[at - 1] as number) - (computed[at] as number);
  let count = Math.min(2, computed.length);
  while (count < computed.length && gap(count) === gap(1)) count++;
  return count;
};

/**
 * Dynamic mode decomposition, as cache-dit 1.5.3 has it: six features are kept, and the newest is carried on by the linear
 * map that takes each of them to the next. With fewer than four that are evenly spaced, TaylorSeer's line, which takes no
 * difference before the fourth step; where they say nothing, the newest as it is.
 */
export const dmd: Forecaster = {
  history: 6,
  keeps: "computed",
  products: true,
  weights(computed, step, _, products) {
    const even = computed.slice(0, evenlySpaced(computed));
    if (even.length < 4) return taylorWeights(computed, step, 1, 3);
    return (products && decomposition().dmdWeights(products, even, step)) ?? [1];
  },
};

/**
 * FoCa (arXiv:2508.16211), as cache-dit has it but for one division: from the last computed feature A, as many steps on
 * as have passed, along the mean of two slopes: between the last two computed features, and between the last two values
 * whatever they were. Beyond three steps the way is shortened towards A.
 *
 * cache-dit does not divide the first slope by the gap between its features, so it is too steep after a run of reuses.
 */
export const foca: Forecaster = {
  history: 2,
  keeps: "both",
  weights(computed, step) {
    const [anchor, before] = computed as [number, number | undefined];
    if (before === undefined) return [1];
    const half = Math.min(3, step - anchor) / 2;
    const damping = Math.min(1, 3 / (step - anchor));
    const slope = (damping * half) / (anchor - before);
    return [1 + slope, -slope, damping * half, -damping * half];
  },
};

/**
 * Taylor forecast of a feature as weights over its kept values (TaylorSeer, arXiv:2503.06923, Eq. 5 and 6).
 *
 * The reference keeps derivatives: at each computed step `F[j+1] = (F[j] − F_before[j]) / gap`, and a forecast is
 * `Σ F[k] · d^k / k!` with d the steps since the last computed one. All of that is linear in the computed features, so
 * it is run here on unit vectors and gives one weight per feature. Repeated backward differences, not Newton's divided
 * ones: at uneven gaps an order of 2 is not exact for a parabola, as in the reference.
 *
 * @param computed steps of the kept features, newest first; needs order + 1 of them for the full order
 * @param step the step to forecast
 * @param order highest derivative used
 * @param since the first step at which a difference is taken; what was computed before counts as a value alone
 */
export const taylorWeights = (computed: readonly number[], step: number, order: number, since = 0): number[] => {
  const distance = step - (computed[0] as number);
  const terms = [1];
  for (let k = 1; k <= order; k++) terms.push((terms[k - 1] as number) * (distance / k));
  return differenceWeights(computed, terms, since);
};

/**
 * Hermite forecast of a feature as weights over its kept values (HiCache, arXiv:2508.16984): Taylor's, with `d^k`
 * replaced by `scale^k · H_k(scale · d)`, where H is the physicists' polynomial: H₀ = 1, H₁ = 2x,
 * H_k = 2x · H_{k−1} − 2(k − 1) · H_{k−2}. Written for the whole term, `h_k = scale^k · H_k(scale · d) / k!`, that is
 * `h_k = 2 · scale² · (d · h_{k−1} − h_{k−2}) / k`, and d is positive: the differences are slopes in the order of steps.
 *
 * An order of 1 is Taylor's line with its slope times 2 · scale², so the same line for √½. Higher orders are Taylor's for
 * no scale: H₂ has a constant, so the second difference counts even where d is small.
 *
 * @param computed steps of the kept features, newest first; needs order + 1 of them for the full order
 * @param step the step to forecast
 * @param order highest difference used
 * @param scale σ of the paper, from 0 (reuse) to 1
 */
export const hermiteWeights = (computed: readonly number[], step: number, order: number, scale: number): number[] => {
  const distance = step - (computed[0] as number);
  const terms = [1];
  for (let k = 1; k <= order; k++)
    terms.push((2 * scale * scale * (distance * (terms[k - 1] as number) - (terms[k - 2] ?? 0))) / k);
  return differenceWeights(computed, terms);
};

/** Weights over kept features of `Σ terms[k] · F[k]`, with F the repeated backward differences at the newest one. */
const differenceWeights = (computed: readonly number[], terms: readonly number[], since = 0): number[] => {
  const oldestFirst = computed.slice(0, terms.length).toReversed();
  let factors: number[][] = [];
  for (const [index, at] of oldestFirst.entries()) {
    const unit = oldestFirst.map((_, other) => (other === index ? 1 : 0));
    const next: number[][] = [unit];
    const gap = at - (oldestFirst[index - 1] ?? at);
    for (const [k, before] of (at < since ? [] : factors.slice(0, terms.length - 1)).entries())
      next.push((next[k] as number[]).map((value, other) => (value - (before[other] as number)) / gap));
    factors = next;
  }
  const sum = oldestFirst.map(() => 0);
  for (const [k, factor] of factors.entries())
    for (const [index, value] of factor.entries()) sum[index] = (sum[index] as number) + (terms[k] as number) * value;
  return sum.toReversed();
};

/** c₀xⁿ + … + cₙ by Horner's rule: the highest power first, as numpy.poly1d has it. */
export const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

/**
 * Ridge regression on Chebyshev polynomials T₀ … T_degree over the run, as weights over kept values: the value at `step`
 * of argmin Σ (p(τᵢ) − yᵢ)² + ridge · Σ_{k ≥ 1} cₖ². The constant term is free, so the weights add up to 1.
 *
 * @param computed steps of the kept values, newest first
 */
export const spectralWeights = (
  computed: readonly number[],
  step: number,
  { steps, degree, ridge }: { readonly steps: number; readonly degree: number; readonly ridge: number },
): number[] => {
  const basis = (at: number): number[] => {
    const angle = Math.acos(Math.max(-1, Math.min(1, (2 * at) / Math.max(1, steps - 1) - 1)));
    return Array.from({ length: degree + 1 }, (_, k) => Math.cos(k * angle));
  };
  const rows = computed.map(basis);
  const gram = Array.from({ length: degree + 1 }, (_, i) =>
    Array.from(
      { length: degree + 1 },
      (_, j) =>
        rows.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0) + (i === j && i > 0 ? ridge : 0),
    ),
  );
  const target = solve(gram, basis(step));
  return rows.map((row) => row.reduce((sum, value, k) => sum + value * (target[k] as number), 0));
};

/** x with matrix · x = right, by elimination; the matrix is positive definite, so every pivot is above 0. */
const solve = (matrix: readonly (readonly number[])[], right: readonly number[]): number[] => {
  const rows = matrix.map((row, index) => [...row, right[index] as number]);
  const size = rows.length;
  for (const [pivot, head] of rows.entries())
    for (const [index, row] of rows.entries()) {
      if (index === pivot) continue;
      const factor = (row[pivot] as number) / (head[pivot] as number);
      for (let column = pivot; column <= size; column++)
        row[column] = (row[column] as number) - factor * (head[column] as number);
    }
  return rows.map((row, index) => (row[size] as number) / (row[index] as number));
};
