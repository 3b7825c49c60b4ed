import type { Site } from "../method.js";
import type { checks } from "./options.js";

/**
 * Products of a feature with itself over the steps of uncached runs: `gram[t][d]` is the mean over elements of
 * h_t · h_(t − d). A row may end before step 0 is reached.
 */
export type Gram = readonly (readonly number[])[];

/** By the id of a site ("blocks.0-8", "output"), or the kind of a sub-layer. */
export type Grams = Readonly<Record<string, Gram>>;

/** The products that belong to what a site keeps; undefined where none were measured. */
export const gramOf = (grams: Grams, { id, kind, keeps, base, since }: Site): Gram | undefined => {
  // Measured are residuals of runs of blocks, and values of everything else.
  if (base && keeps === "residual") return undefined;
  if (kind === "blocks" && (keeps === "value" || since !== undefined)) return undefined;
  return grams[id] ?? (kind === "blocks" ? undefined : grams[kind]);
};

/** Refuses what are no products of a run's steps, each with all before it. */
export const checkGram = (check: ReturnType<typeof checks>, option: string, gram: unknown): void => {
  const expected = "a list of products for each step: with itself, the step before, and so on to the first";
  for (const [step, row] of check.list(option, gram, expected).entries()) {
    const numbers = check.numbers(option, row, expected);
    if (numbers.length !== step + 1) check.refuse(option, row, `${step + 1} numbers for step ${step}`);
  }
};

const product = (gram: Gram, a: number, b: number): number => gram[Math.max(a, b)]?.[Math.abs(a - b)] ?? Number.NaN;

/** Smallest pivot, relative to the mean diagonal, that still counts as one: products are of float32 features. */
const leastPivot = 1e-12;

/**
 * Weights over kept features whose sum is nearest to the feature at `step`, in least squares over the runs that were
 * measured: (G + ridge · mean diagonal · I) w = g, with G the products of the kept features and g those with the step's.
 *
 * @param computed steps of the kept features, newest first
 * @returns undefined where products are missing, or the system is singular
 */
export const fittedWeights = (
  gram: Gram,
  computed: readonly number[],
  step: number,
  ridge: number,
): number[] | undefined => {
  const scale = computed.reduce((sum, at) => sum + product(gram, at, at), 0) / computed.length;
  const rows = computed.map((at, index) => [
    ...computed.map((other, column) => product(gram, at, other) + (index === column ? ridge * scale : 0)),
    product(gram, at, step),
  ]);
  const size = rows.length;
  // The matrix is symmetric and not negative, so that its pivots need no exchange.
  for (const [pivot, head] of rows.entries()) {
    if (!((head[pivot] as number) > leastPivot * scale)) return undefined;
    for (const row of rows.slice(pivot + 1)) {
      const factor = (row[pivot] as number) / (head[pivot] as number);
      for (let column = pivot; column <= size; column++)
        row[column] = (row[column] as number) - factor * (head[column] as number);
    }
  }
  const weights = new Array<number>(size).fill(0);
  for (let index = size - 1; index >= 0; index--) {
    const row = rows[index] as number[];
    let rest = row[size] as number;
    for (let column = index + 1; column < size; column++) rest -= (row[column] as number) * (weights[column] as number);
    weights[index] = rest / (row[index] as number);
  }
  return weights.every(Number.isFinite) ? weights : undefined;
};

/**
 * How far Σ weights · kept is from the feature at `step`, relative to it: ‖Σ w h − h_step‖ / ‖h_step‖, root mean square
 * over the runs that were measured. Of any forecast, as weights are all that it is.
 */
export const errorOfWeights = (
  gram: Gram,
  computed: readonly number[],
  weights: readonly number[],
  step: number,
): number => {
  const terms = [...weights.map((weight, age) => [weight, computed[age] as number] as const), [-1, step] as const];
  return Math.sqrt(squareOf(gram, terms) / product(gram, step, step));
};

/** ‖Σ weights[j] · h_(from + j)‖, root mean square, relative to that of all features. */
export const normOf = (gram: Gram, weights: readonly number[], from: number): number => {
  const size = gram.reduce((sum, [own]) => sum + (own as number), 0) / gram.length;
  const terms = weights.map((weight, at) => [weight, from + at] as const);
  return size > 0 ? Math.sqrt(squareOf(gram, terms) / size) : 0;
};

/** ‖Σ weight · h_step‖², of pairs of both; rounding leaves nothing below 0. */
const squareOf = (gram: Gram, terms: readonly (readonly [number, number])[]): number => {
  let square = 0;
  for (const [a, at] of terms) for (const [b, other] of terms) square += a * b * product(gram, at, other);
  return Math.max(0, square);
};
