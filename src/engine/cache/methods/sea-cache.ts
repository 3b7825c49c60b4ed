import { type CacheMethod, compute } from "../../method.js";
import { taylorWeights } from "../forecast.js";
import { checks, knownOptions, relativeChange } from "../options.js";

/** Options of {@link seaCache}, under diffusers' names. */
export interface SeaCacheOptions {
  /** Largest sum of relative changes of the filtered latents since the last computed step. Default: 0.25. */
  readonly threshold?: number;
  /** 0 adds the newest residual again; 1 carries it on along the line through the last two. Default: 1. */
  readonly residualOrder?: number;
  /** Compute every step before this one. Default: 1. */
  readonly retentionSteps?: number;
  /** Compute this many steps at the end. Default: 1. */
  readonly cacheEndSteps?: number;
  /** Most estimates in a row; 0 for no limit. Default: 2. */
  readonly maxConsecutiveCached?: number;
  /** The clean signal's power is taken to fall as 1 / frequency^powerExp. Default: 3. */
  readonly powerExp?: number;
}

const defaults = {
  threshold: 0.25,
  residualOrder: 1,
  retentionSteps: 1,
  cacheEndSteps: 1,
  maxConsecutiveCached: 2,
  powerExp: 3,
} as const satisfies Required<SeaCacheOptions>;

/**
 * SeaCache (arXiv:2602.18993) as diffusers' hook runs it: the latents of a step and of the step before go through the
 * Spectral-Evolution-Aware filter, which leaves of each what is signal at its noise; while their relative changes, summed
 * since the last computed step, stay below the threshold, the residual of the whole block stack is estimated.
 *
 * Nothing inside the network is read and nothing is calibrated. Each branch decides for itself, on the same latents; one
 * that was left out of a step computes the next and starts anew.
 *
 * Differs: diffusers' sigma is a flow's; a scheduler that mixes √ᾱ · clean + √(1 − ᾱ) · noise is given the sigma of the
 * same ratio, √(1 − ᾱ) / (√ᾱ + √(1 − ᾱ)), which makes the same filter. Works on Latte, where diffusers finds no
 * residual because its first and last block see different layouts.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const seaCache = (options: SeaCacheOptions = {}): CacheMethod => {
  knownOptions("seacache", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const { threshold, residualOrder, retentionSteps, cacheEndSteps, maxConsecutiveCached, powerExp } = resolved;
  const check = checks("seacache");
  check.number("threshold", threshold, 0);
  check.whole("residualOrder", residualOrder, 0, 1);
  check.whole("retentionSteps", retentionSteps, 0);
  check.whole("cacheEndSteps", cacheEndSteps, 0);
  check.whole("maxConsecutiveCached", maxConsecutiveCached, 0);
  check.number("powerExp", powerExp, 0);
  if (powerExp === 0) check.refuse("powerExp", powerExp, "a number above 0: the power of noise alone does not fall");
  const most = maxConsecutiveCached === 0 ? Number.POSITIVE_INFINITY : maxConsecutiveCached;
  return {
    name: "seacache",
    source: "arXiv:2602.18993",
    options: resolved,
    history: residualOrder + 1,
    sites: (model) => [model.blocks()],
    probes: () => [{ tap: "latents", since: "last-step", filter: { powerExp } }],
    start({ steps }) {
      let [accumulated, estimates, since] = [0, 0, 0];
      let before: number | undefined;
      return ({ step, computed, readings: [reading], forced, because }) => {
        if (step !== (before ?? (computed[0] as number)) + 1) since = step;
        before = step;
        const inside = step >= retentionSteps && step < steps - cacheEndSteps;
        if (inside && step > since && estimates < most && reading && !forced) {
          accumulated += relativeChange(reading.change, reading.magnitude);
          because({ accumulated, threshold });
          if (accumulated < threshold) {
            estimates += 1;
            const kept = computed.filter((one) => one >= since);
            return { weights: taylorWeights(kept, step, residualOrder) };
          }
        }
        [accumulated, estimates] = [0, 0];
        return compute;
      };
    },
  };
};
