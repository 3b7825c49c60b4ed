import type { StepWeights } from "./scheduler.js";
import type { Rates } from "./solver.js";

/** In which form UniPC is taken. */
export interface UniPcForm {
  /** One per step and the end. */
  readonly rates: readonly Rates[];
  /** Solves for the noise, not for x0. */
  readonly inNoise: boolean;
  /** B(h) = e^h − 1 ("bh2"), not h ("bh1"). */
  readonly hyperbolic: boolean;
}

/** Solves R·x = b by elimination; R is a small Vandermonde matrix. */
const solved = (matrix: readonly (readonly number[])[], right: readonly number[]): number[] => {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const rest = rows.slice(column).map((row) => Math.abs(row[column] as number));
    const pivot = column + rest.indexOf(Math.max(...rest));
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    const head = rows[column] as number[];
    for (const row of rows.slice(column + 1)) {
      const share = (row[column] as number) / (head[column] as number);
      for (let k = column; k <= size; k++) row[k] = (row[k] as number) - share * (head[k] as number);
    }
  }
  const answer = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    const row = rows[i] as number[];
    const known = answer.reduce((sum, value, k) => (k > i ? sum + value * (row[k] as number) : sum), 0);
    answer[i] = ((row[size] as number) - known) / (row[i] as number);
  }
  return answer;
};

/** The step from `from` to `from` + 1 with `order` outputs: weights of the sample, of m0, and of the differences. */
const terms = ({ rates, inNoise, hyperbolic }: UniPcForm, from: number, order: number) => {
  const at = (step: number): Rates => rates[step] as Rates;
  const [start, end] = [at(from), at(from + 1)];
  const h = end.lambda - start.lambda;
  const ratios = Array.from({ length: order - 1 }, (_, k) => (at(from - k - 1).lambda - start.lambda) / h);
  const hh = inNoise ? h : -h;
  const phi = Math.expm1(hh);
  const b = hyperbolic ? phi : hh;
  const right: number[] = [];
  let [factorial, phiK] = [1, phi / hh - 1];
  for (let k = 1; k <= order; k++) {
    right.push((phiK * factorial) / b);
    factorial *= k + 1;
    phiK = phiK / hh - 1 / factorial;
  }
  const matrix = right.map((_, k) => [...ratios, 1].map((ratio) => ratio ** k));
  const scale = inNoise ? end.noise : end.signal;
  return {
    ratios,
    matrix,
    right,
    sample: inNoise ? end.signal / start.signal : end.noise / start.noise,
    value: -scale * phi,
    difference: -scale * b,
  };
};

/** x' from the sample and the outputs of this step and of earlier ones. */
export const predictor = (form: UniPcForm, i: number, order: number): StepWeights => {
  const { ratios, matrix, right, sample, value, difference } = terms(form, i, order);
  if (order === 1) return { sample, prediction: 0, clean: value };
  // Of two steps 1/2 is taken, as the authors do.
  const shares =
    order === 2
      ? [0.5]
      : solved(
          matrix.slice(0, -1).map((row) => row.slice(0, -1)),
          right.slice(0, -1),
        );
  const past = shares.map((share, k) => (difference * share) / (ratios[k] as number));
  return { sample, prediction: 0, clean: past.reduce((rest, weight) => rest - weight, value), past };
};

/** The sample of step `i` once more, from the one before it and with this step's output too. */
export const corrector = (form: UniPcForm, i: number, order: number): StepWeights => {
  const { ratios, matrix, right, sample, value, difference } = terms(form, i - 1, order);
  const shares = order === 1 ? [0.5] : solved(matrix, right);
  const clean = difference * (shares.at(-1) as number);
  const older = ratios.map((ratio, k) => (difference * (shares[k] as number)) / ratio);
  return {
    sample: 0,
    prediction: 0,
    clean,
    past: [older.reduce((rest, weight) => rest - weight, value - clean), ...older],
    last: sample,
  };
};
