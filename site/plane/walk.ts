import { type CacheMethod, compute, oneSite } from "diffusion-cache";

/** Points of the plane, or arrows at them: x and y of each in turn. */
export type Points = Float32Array;

/** What the network predicts at every point, at a share of noise. */
export type Field = (points: Points, sigma: number) => Points;

export interface WalkStep {
  /** Share of noise at the beginning of the step. */
  readonly sigma: number;
  readonly points: Points;
  /** What is really there. */
  readonly truth: Points;
  /** What each method takes, in their order: computed, or estimated from what it keeps. */
  readonly taken: readonly Points[];
  /** Whether the method that moves the points computes. */
  readonly computed: boolean;
}

export interface Walk {
  readonly steps: readonly WalkStep[];
  readonly end: Points;
}

export interface WalkRequest {
  readonly field: Field;
  /** Noise. */
  readonly start: Points;
  readonly steps: number;
  /** All of them are asked in every step; those that compute alike keep the same. */
  readonly methods: readonly CacheMethod[];
  /** Which of them moves the points; none is a run that computes every step. */
  readonly by?: number;
}

/** Shares of noise at the beginning of each step: 1, 1 − 1/n, … 1/n, as a flow's pipeline passes them. */
export const sigmasOf = (steps: number): readonly number[] => Array.from({ length: steps }, (_, at) => 1 - at / steps);

/** A denoising run in the plane: Euler's steps against the velocity that the method computes or estimates. */
export const walk = ({ field, start, steps, methods, by }: WalkRequest): Walk => {
  const sigmas = sigmasOf(steps);
  const timesteps = sigmas.map((sigma) => 1000 * sigma);
  const sites = methods.map((method) => oneSite({ method, timesteps }));
  let points = start;
  const taken = sigmas.map((sigma, at): WalkStep => {
    const truth = field(points, sigma);
    const answers = sites.map((next) => next(() => truth));
    const mover = by === undefined ? { decision: compute, value: truth } : answers[by];
    if (!mover) throw new Error(`there is no method ${by}`);
    const here = points;
    points = points.map((x, index) => x + ((sigmas[at + 1] ?? 0) - sigma) * (mover.value[index] as number));
    const values = answers.map(({ value }) => value);
    return { sigma, points: here, truth, taken: values, computed: mover.decision === compute };
  });
  return { steps: taken, end: points };
};

/** The distance between two points of a number `at`, or the ends of two arrows at one point. */
export const distanceAt = (a: Points, b: Points, at: number): number =>
  Math.hypot((a[2 * at] as number) - (b[2 * at] as number), (a[2 * at + 1] as number) - (b[2 * at + 1] as number));

/** The mean of {@link distanceAt} over all points. */
export const meanDistance = (a: Points, b: Points): number => {
  const count = a.length / 2;
  return Array.from({ length: count }, (_, at) => distanceAt(a, b, at)).reduce((sum, one) => sum + one, 0) / count;
};
