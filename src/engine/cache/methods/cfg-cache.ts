import { type CacheMethod, compute } from "../../method.js";
import { checks, emptyWindowNotes, knownOptions } from "../options.js";

type Range = readonly [low: number, high: number];

/** Options of {@link cfgCache}, under the names that the guidance part has in diffusers' `FasterCacheConfig`. */
export interface CfgCacheOptions {
  /** Compute the unconditional branch in 1 of this many steps. Default: 5. */
  readonly unconditionalBatchSkipRange?: number;
  /** Window of timesteps in which it may be estimated. Default: [-1, 641]. */
  readonly unconditionalBatchTimestepSkipRange?: Range;
  /** Window in which the low frequencies of the gap are amplified. Default: [99, 901]. */
  readonly lowFrequencyWeightUpdateTimestepRange?: Range;
  /** Window in which the high frequencies are. Default: [-1, 301]. */
  readonly highFrequencyWeightUpdateTimestepRange?: Range;
  /** Factor of the low frequencies. Default: 1.1. */
  readonly alphaLowFrequency?: number;
  /** Factor of the high frequencies. Default: 1.1. */
  readonly alphaHighFrequency?: number;
  /** Multiply the factors up over a run of estimates, as diffusers and the authors' scripts do. Default: true. */
  readonly compoundWeights?: boolean;
}

export const cfgCacheDefaults = {
  unconditionalBatchSkipRange: 5,
  unconditionalBatchTimestepSkipRange: [-1, 641],
  lowFrequencyWeightUpdateTimestepRange: [99, 901],
  highFrequencyWeightUpdateTimestepRange: [-1, 301],
  alphaLowFrequency: 1.1,
  alphaHighFrequency: 1.1,
  compoundWeights: true,
} as const satisfies Required<CfgCacheOptions>;

/**
 * CFG-Cache, the guidance half of FasterCache (arXiv:2410.19355): in most steps of the window only the conditional
 * branch runs, and the unconditional one is its prediction plus the gap between the two at the last full step, in two
 * frequency bands.
 *
 * The factors compound over consecutive estimates, as in diffusers and in the authors' scripts, which multiply the kept
 * gap in place. Linearity makes the FFT of every estimate needless: the bands are split once, where the gap is computed.
 *
 * Differs: works with one pass per branch too, where diffusers needs both in one batch.
 *
 * @throws EngineError "option-unknown", "option-invalid"; "site-missing" in a run without guidance
 */
export const cfgCache = (options: CfgCacheOptions = {}, name = "cfgcache"): CacheMethod => {
  const check = checks(name);
  knownOptions(name, options, Object.keys(cfgCacheDefaults));
  const resolved = { ...cfgCacheDefaults, ...options };
  const every = check.whole("unconditionalBatchSkipRange", resolved.unconditionalBatchSkipRange, 1);
  const window = check.window("unconditionalBatchTimestepSkipRange", resolved.unconditionalBatchTimestepSkipRange);
  const lowRange = check.window(
    "lowFrequencyWeightUpdateTimestepRange",
    resolved.lowFrequencyWeightUpdateTimestepRange,
  );
  const highRange = check.window(
    "highFrequencyWeightUpdateTimestepRange",
    resolved.highFrequencyWeightUpdateTimestepRange,
  );
  const alphaLow = check.finite("alphaLowFrequency", resolved.alphaLowFrequency);
  const alphaHigh = check.finite("alphaHighFrequency", resolved.alphaHighFrequency);
  const compound = check.boolean("compoundWeights", resolved.compoundWeights);
  const inside = ([low, high]: Range, timestep: number): boolean => low < timestep && timestep < high;
  return {
    name,
    source: "arXiv:2410.19355",
    options: resolved,
    notes: emptyWindowNotes({
      unconditionalBatchTimestepSkipRange: window,
      lowFrequencyWeightUpdateTimestepRange: lowRange,
      highFrequencyWeightUpdateTimestepRange: highRange,
    }),
    bands: true,
    sites: (model) => [model.uncond()],
    start() {
      let [low, high] = [1, 1];
      return ({ step, timestep, forced }) => {
        if (forced || !inside(window, timestep) || step % every === 0) {
          [low, high] = [1, 1];
          return compute;
        }
        if (!compound) [low, high] = [1, 1];
        low *= inside(lowRange, timestep) ? alphaLow : 1;
        high *= inside(highRange, timestep) ? alphaHigh : 1;
        return { weights: { low, high } };
      };
    },
  };
};
