import { type CacheMethod, compute, reuse } from "../../method.js";
import { checks, knownOptions } from "../options.js";

/** Options of {@link senCache}; names and defaults are maxdiffusion's. */
export interface SenCacheOptions {
  /** ε: largest expected change of the prediction with which a step still reuses it. Default: 0.1. */
  readonly epsilon?: number;
  /** Reuses in a row at most. Default: 3. */
  readonly maxReuse?: number;
  /** Share of the steps, from the first on, that is computed. The first one always is. Default: 0.3. */
  readonly nocacheStartRatio?: number;
  /** Share of the steps, up to the last, that is computed. Default: 0.1. */
  readonly nocacheEndRatio?: number;
  /** How much the prediction changes with the latents. Default: 1. */
  readonly alphaX?: number;
  /** How much the prediction changes with the timestep, of which a run has 1. Default: 1. */
  readonly alphaT?: number;
}

/**
 * SenCache (arXiv:2602.24208): by first order the prediction changes by αx · ‖Δx‖ + αt · |Δt|, with Δx what the latents
 * have moved since the last computed step, root mean square, and Δt the way of the timestep. While that is at most ε a
 * step takes the last guided prediction.
 *
 * As maxdiffusion runs it for Wan 2.2: both sensitivities are 1, where the paper measures them; the distance from the
 * last computed step is added anew in every step, so that after two steps the first move has counted twice.
 *
 * Differs: timesteps are taken as they are, there as whole numbers. A run without guidance is cached too.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const senCache = (options: SenCacheOptions = {}): CacheMethod => {
  const resolved = resolve(options);
  const { epsilon, maxReuse, nocacheStartRatio, nocacheEndRatio, alphaX, alphaT } = resolved;
  return {
    name: "sencache",
    source: "arXiv:2602.24208, as maxdiffusion runs it",
    options: resolved,
    sites: (model) => [model.guided()],
    probes: () => [{ tap: "latents", since: "last-compute" }],
    start({ steps, timesteps }) {
      const first = Math.max(1, Math.trunc(steps * nocacheStartRatio));
      const end = Math.trunc(steps * (1 - nocacheEndRatio));
      // Nothing is asked of the first step.
      let since = { timestep: timesteps[0] as number, moved: 0, passed: 0, reuses: 0 };
      return ({ step, timestep, readings: [latents], forced, because }) => {
        if (step >= first && step < end && latents && !forced) {
          since.moved += latents.rms;
          since.passed += Math.abs(timestep - since.timestep) / trained;
          const expected = alphaX * since.moved + alphaT * since.passed;
          because({ accumulated: expected, threshold: epsilon });
          if (expected <= epsilon && since.reuses < maxReuse) {
            since.reuses++;
            return reuse;
          }
        }
        since = { timestep, moved: 0, passed: 0, reuses: 0 };
        return compute;
      };
    },
  };
};

/** Timesteps of a whole run. */
const trained = 1000;

const resolve = (options: SenCacheOptions): Required<SenCacheOptions> => {
  knownOptions("sencache", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const check = checks("sencache");
  check.number("epsilon", resolved.epsilon, 0);
  check.whole("maxReuse", resolved.maxReuse, 0);
  check.number("nocacheStartRatio", resolved.nocacheStartRatio, 0, 1);
  check.number("nocacheEndRatio", resolved.nocacheEndRatio, 0, 1);
  check.number("alphaX", resolved.alphaX, 0);
  check.number("alphaT", resolved.alphaT, 0);
  return resolved;
};

const defaults = {
  epsilon: 0.1,
  maxReuse: 3,
  nocacheStartRatio: 0.3,
  nocacheEndRatio: 0.1,
  alphaX: 1,
  alphaT: 1,
} as const satisfies Required<SenCacheOptions>;
