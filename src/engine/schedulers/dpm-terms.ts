import type { StepWeights } from "./scheduler.js";
import type { Rates } from "./solver.js";

/** A step of DPM-Solver: where it is, and in which form it is taken. */
export interface SolverStep {
  /** One per step and the end. */
  readonly rates: readonly Rates[];
  readonly i: number;
  readonly algorithm: "dpmsolver" | "dpmsolver++" | "sde-dpmsolver" | "sde-dpmsolver++";
  readonly heun: boolean;
}

/** Weights of the sample, of the newest output, of its first and second difference, and of noise. */
interface Terms {
  readonly sample: number;
  readonly value: number;
  readonly first: number;
  readonly second: number;
  readonly noise?: number;
}

/** `order` chooses between the two forms of the first difference: "midpoint" and "heun" differ in the second order. */
export const termsOf = ({ rates, i, algorithm, heun }: SolverStep, order: number): Terms => {
  const [from, to] = [rates[i] as Rates, rates[i + 1] as Rates];
  const h = to.lambda - from.lambda;
  const exact = heun || order === 3;
  const [down, down2, up] = [Math.expm1(-h), Math.expm1(-2 * h), Math.expm1(h)];
  switch (algorithm) {
    case "dpmsolver++":
      return {
        sample: to.noise / from.noise,
        value: -to.signal * down,
        first: to.signal * (exact ? down / h + 1 : -0.5 * down),
        second: -to.signal * ((down + h) / h ** 2 - 0.5),
      };
    case "dpmsolver":
      return {
        sample: to.signal / from.signal,
        value: -to.noise * up,
        first: -to.noise * (exact ? up / h - 1 : 0.5 * up),
        second: -to.noise * ((up - h) / h ** 2 - 0.5),
      };
    case "sde-dpmsolver++":
      return {
        sample: (to.noise / from.noise) * Math.exp(-h),
        value: -to.signal * down2,
        first: to.signal * (exact ? down2 / (2 * h) + 1 : -0.5 * down2),
        second: to.signal * ((-down2 - 2 * h) / (2 * h) ** 2 - 0.5),
        noise: to.noise * Math.sqrt(Math.max(0, -down2)),
      };
    case "sde-dpmsolver":
      return {
        sample: to.signal / from.signal,
        value: -2 * to.noise * up,
        first: -to.noise * (exact ? 2 * (up / h - 1) : up),
        second: 0, // diffusers has no third order of it
        noise: to.noise * Math.sqrt(Math.max(0, Math.expm1(2 * h))),
      };
  }
};

/** Differences written out over the outputs that are kept. */
export const sumOf = (terms: Terms, { rates, i }: SolverStep, order: number): StepWeights => {
  const lambda = (at: number): number => (rates[at] as Rates).lambda;
  const noise = terms.noise === undefined ? {} : { noise: terms.noise };
  const { sample, value } = terms;
  if (order === 1) return { sample, prediction: 0, clean: value, ...noise };
  const h = lambda(i + 1) - lambda(i);
  const r0 = (lambda(i) - lambda(i - 1)) / h;
  if (order === 2) {
    const newer = terms.first / r0;
    return { sample, prediction: 0, clean: value + newer, past: [-newer], ...noise };
  }
  const r1 = (lambda(i - 1) - lambda(i - 2)) / h;
  const bend = (terms.first * r0 + terms.second) / (r0 + r1);
  const [newer, older] = [(terms.first + bend) / r0, -bend / r1];
  return { sample, prediction: 0, clean: value + newer, past: [older - newer, -older], ...noise };
};
