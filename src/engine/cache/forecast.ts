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
 */
export const taylorWeights = (computed: readonly number[], step: number, order: number): number[] => {
  const oldestFirst = computed.slice(0, order + 1).toReversed();
  let factors: number[][] = [];
  for (const [index, at] of oldestFirst.entries()) {
    const unit = oldestFirst.map((_, other) => (other === index ? 1 : 0));
    const next: number[][] = [unit];
    const gap = at - (oldestFirst[index - 1] ?? at);
    for (const [k, before] of factors.slice(0, order).entries())
      next.push((next[k] as number[]).map((value, other) => (value - (before[other] as number)) / gap));
    factors = next;
  }
  const distance = step - (computed[0] as number);
  const sum = oldestFirst.map(() => 0);
  let scale = 1;
  for (const [k, factor] of factors.entries()) {
    if (k > 0) scale *= distance / k;
    for (const [index, value] of factor.entries()) sum[index] = (sum[index] as number) + scale * value;
  }
  return sum.toReversed();
};

/** c₀xⁿ + … + cₙ by Horner's rule: the highest power first, as numpy.poly1d has it. */
export const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
