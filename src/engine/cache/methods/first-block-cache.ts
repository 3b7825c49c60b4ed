import { type CacheMethod, compute, reuse } from "../../method.js";
import { checks, knownOptions, relativeChange } from "../options.js";

/** Options of {@link firstBlockCache}, under the names of diffusers' `FirstBlockCacheConfig`. */
export interface FirstBlockCacheOptions {
  /** Largest relative change of the first block's residual at which the other blocks are reused. Default: 0.05. */
  readonly threshold?: number;
}

/**
 * FirstBlockCache (ParaAttention, diffusers PR 11180): the first block always runs; if its residual has changed by no
 * more than `threshold`, in mean absolute value and relative to the last computed step, the residual of all other
 * blocks is added again instead of running them.
 *
 * A change equal to the threshold is reused, as in diffusers; ParaAttention computes then.
 *
 * Differs: works on Latte, where diffusers stops because its first and last block see different layouts.
 *
 * @throws EngineError "option-unknown", "option-invalid"; "site-missing" on a model of one block
 */
export const firstBlockCache = (options: FirstBlockCacheOptions = {}): CacheMethod => {
  knownOptions("firstblockcache", options, ["threshold"]);
  const { threshold = 0.05 } = options;
  checks("firstblockcache").number("threshold", threshold, 0);
  return {
    name: "firstblockcache",
    source: "ParaAttention, github.com/chengzeyi/ParaAttention; diffusers PR 11180",
    options: { threshold },
    sites: (model) => [model.blocks(1)],
    probes: () => [{ tap: "blocks.0-1", since: "last-compute" }],
    start: () => (visit) => {
      const [reading] = visit.readings;
      if (!reading) return compute;
      const difference = relativeChange(reading.change, reading.magnitude);
      visit.because({ difference, threshold });
      // In float32, as diffusers divides: 5 / 100 is then above a threshold of 0.05.
      return Math.fround(difference) <= threshold ? reuse : compute;
    },
  };
};
