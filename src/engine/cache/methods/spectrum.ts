import { type CacheMethod, compute } from "../../method.js";
import { spectralWeights } from "../forecast.js";
import { checks, knownOptions } from "../options.js";

/** Options of {@link spectrum}, under the names of stable-diffusion.cpp. */
export interface SpectrumOptions {
  /** Share of the Chebyshev forecast; the rest is a half step along the last slope. Default: 0.4. */
  readonly w?: number;
  /** Degree of the Chebyshev polynomial, 1 to 5. Default: 3. */
  readonly m?: number;
  /** Strength of the ridge that keeps the polynomial flat. Default: 1. */
  readonly lam?: number;
  /** Compute 1 step of this many, rounded down, when the warm-up ends. Default: 2. */
  readonly window?: number;
  /** What the window grows by with each computed step. Default: 0.5. */
  readonly flex?: number;
  /** Compute every step before this one. Default: 4. */
  readonly warmup?: number;
  /** Share of the run after which every step is computed; below one step there is no such end. Default: 0.9. */
  readonly stop?: number;
}

/**
 * Spectrum (stable-diffusion.cpp): the network's output over the steps is taken for a smooth curve; a ridge-regularised
 * Chebyshev polynomial through the last computed ones, blended with their last slope, stands for the steps between, which
 * grow more as the run goes on.
 *
 * Differs: the reference penalises the polynomial's constant term as well, so that an output that does not change is
 * forecast at nine tenths of itself; here it is forecast exactly. Its curve runs over 50 steps whatever the run has; here
 * over the run's own. It forecasts the denoised sample, here what the network predicts; the two are one where the network
 * predicts the sample, as latte-motion-nano does.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const spectrum = (options: SpectrumOptions = {}): CacheMethod => {
  knownOptions("spectrum", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const { w, m, lam, window, flex, warmup, stop } = resolved;
  const check = checks("spectrum");
  check.number("w", w, 0, 1);
  check.whole("m", m, 1, 5);
  check.number("lam", lam, 0);
  if (lam === 0) check.refuse("lam", lam, "a number above 0: fewer outputs than coefficients do not determine a curve");
  check.number("window", window, 1);
  check.number("flex", flex, 0);
  check.whole("warmup", warmup, 2); // a slope needs two computed steps
  check.number("stop", stop, 0, 1);
  return {
    name: "spectrum",
    source: "stable-diffusion.cpp, github.com/leejet/stable-diffusion.cpp",
    options: resolved,
    history: Math.max(m + 1, 6),
    sites: (model) => [model.output()],
    start({ steps }) {
      const end = Math.floor(stop * steps); // 0 is no end, as in the reference
      let [interval, estimates] = [window, 0];
      return ({ step, computed, forced }) => {
        const due = (estimates + 1) % Math.floor(interval) === 0;
        if (step < warmup || (end > 0 && step >= end) || computed.length < 2 || due || forced) {
          if (step >= warmup) interval += flex;
          estimates = 0;
          return compute;
        }
        estimates += 1;
        const chebyshev = spectralWeights(computed, step, { steps, degree: m, ridge: lam });
        const slope = [1.5, -0.5];
        return { weights: chebyshev.map((weight, age) => w * weight + (1 - w) * (slope[age] ?? 0)) };
      };
    },
  };
};

const defaults = {
  w: 0.4,
  m: 3,
  lam: 1,
  window: 2,
  flex: 0.5,
  warmup: 4,
  stop: 0.9,
} as const satisfies Required<SpectrumOptions>;
