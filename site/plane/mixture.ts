// A flow whose velocity is known in closed form: noise on a plane becomes one of a few round clusters.

/** Clusters of equal weight, each a round Gaussian. */
export interface Mixture {
  readonly means: readonly (readonly [x: number, y: number])[];
  /** Standard deviation of each cluster. */
  readonly width: number;
}

/** Three clusters on a circle. */
export const clusters = (distance: number, width: number): Mixture => ({
  means: [0, 1, 2].map((at) => {
    const angle = Math.PI * (0.5 + (2 * at) / 3);
    return [distance * Math.cos(angle), distance * Math.sin(angle)] as const;
  }),
  width,
});

/**
 * What a perfect network predicts at (x, y): E[noise − clean | (1 − σ)·clean + σ·noise = (x, y)], with noise from a
 * standard normal distribution and clean from the mixture. The way from noise to a cluster runs against it.
 *
 * @param sigma σ, the share of noise: above 0, at most 1
 */
export const velocityAt = (
  { means, width }: Mixture,
  x: number,
  y: number,
  sigma: number,
): readonly [number, number] => {
  const clean = 1 - sigma;
  const variance = (clean * width) ** 2 + sigma ** 2;
  const offsets = means.map(([mx, my]) => [x - clean * mx, y - clean * my] as const);
  const squares = offsets.map(([dx, dy]) => dx * dx + dy * dy);
  const nearest = Math.min(...squares);
  const shares = squares.map((square) => Math.exp((nearest - square) / (2 * variance)));
  const all = shares.reduce((sum, share) => sum + share, 0);
  // Of one cluster: E[noise] = σ·offset / variance, E[clean] = mean + (1 − σ)·width²·offset / variance.
  const slope = (sigma - clean * width ** 2) / variance;
  let [vx, vy] = [0, 0];
  for (const [at, [mx, my]] of means.entries()) {
    const share = (shares[at] as number) / all;
    const [dx, dy] = offsets[at] as readonly [number, number];
    vx += share * (slope * dx - mx);
    vy += share * (slope * dy - my);
  }
  return [vx, vy];
};
