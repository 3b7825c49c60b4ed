import { betaQuantile } from "./beta-quantile.js";
import type { ConfigFields } from "./config-fields.js";
import { linspace } from "./spacing.js";

const { fround } = Math;

/** Noise over signal at every trained timestep, √((1 − ᾱ) / ᾱ), in float32. */
export const noiseRatios = (bars: ArrayLike<number>): Float32Array =>
  Float32Array.from(bars, (bar) => Math.sqrt(fround(fround(1 - bar) / bar)));

/** As a flow counts noise: σ / (1 + σ) of a ratio of noise to signal. */
export const asFlow = (ratio: number): number => (ratio === Number.POSITIVE_INFINITY ? 1 : ratio / (1 + ratio));

/** numpy.interp over whole places: what lies between two neighbours, the ends beyond them. */
export const interpolated = (values: ArrayLike<number>, place: number): number => {
  const last = values.length - 1;
  if (place >= last) return values[last] as number;
  if (place <= 0) return values[0] as number;
  const below = Math.floor(place);
  const low = values[below] as number;
  return ((values[below + 1] as number) - low) * (place - below) + low;
};

/** The timestep whose noise is σ, between the trained ones on a scale of logarithms. */
export const timestepOf = (sigma: number, logSigmas: Float32Array): number => {
  const log = Math.log(Math.max(sigma, 1e-10));
  let low = Math.max(
    0,
    logSigmas.findLastIndex((one) => log >= one),
  ); // prettier-ignore
  low = Math.min(low, logSigmas.length - 2);
  const [below, above] = [logSigmas[low] as number, logSigmas[low + 1] as number];
  const weight = Math.min(1, Math.max(0, (below - log) / fround(below - above)));
  return (1 - weight) * low + weight * (low + 1);
};

/** Of Karras et al. (arXiv:2206.00364): equal gaps in σ^(1/ρ). */
export const karras = (high: number, low: number, steps: number, rho = 7): number[] => {
  const [from, to] = [high ** (1 / rho), low ** (1 / rho)];
  return linspace(0, 1, steps).map((ramp) => (from + ramp * (to - from)) ** rho);
};

/** Equal gaps in log σ. */
export const exponential = (high: number, low: number, steps: number): number[] =>
  linspace(Math.log(high), Math.log(low), steps).map(Math.exp);

/** Quantiles of the beta distribution (arXiv:2407.12173). */
export const beta = (high: number, low: number, steps: number): number[] =>
  linspace(0, 1, steps).map((ramp) => low + betaQuantile(1 - ramp, 0.6) * (high - low));

const respacings = { use_karras_sigmas: karras, use_exponential_sigmas: exponential, use_beta_sigmas: beta } as const;

/** How a config lays the noise of its steps anew, if it does. */
export const respacingOf = (fields: ConfigFields): keyof typeof respacings | undefined =>
  fields.oneSwitch("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas") as
    | keyof typeof respacings
    | undefined;

export const respaced = (how: keyof typeof respacings, high: number, low: number, steps: number): number[] =>
  respacings[how](high, low, steps);

/** In double, or rounded at every operation as numpy does on float32. */
export type Rounding = (value: number) => number;

/** Resolution-dependent shift: "exponential" by e^mu, "linear" by mu. */
export const dynamicShift = (
  type: "exponential" | "linear",
  mu: number,
  sigmas: readonly number[],
  round: Rounding,
): number[] => {
  const by = round(type === "exponential" ? Math.exp(mu) : mu);
  return sigmas.map((sigma) => round(by / round(by + round(round(1 / sigma) - 1))));
};

/** shift·σ / (1 + (shift − 1)·σ). */
export const shifted = (shift: number, sigmas: readonly number[], round: Rounding): number[] =>
  sigmas.map((sigma) => round(round(round(shift) * sigma) / round(1 + round(round(shift - 1) * sigma))));

/** Stretched so that the last σ is `terminal` (LTX-Video). */
export const stretched = (terminal: number, sigmas: readonly number[], round: Rounding): number[] => {
  const scale = round(round(1 - (sigmas.at(-1) as number)) / round(1 - terminal));
  return sigmas.map((sigma) => round(1 - round(round(1 - sigma) / scale)));
};
