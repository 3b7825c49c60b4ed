import { type CacheMethod, compute, reuse } from "../../method.js";
import { dmd, foca, taylor } from "../forecast.js";
import { checks, knownOptions, relativeChange } from "../options.js";

/** Options of {@link dbCache}, under the names of cache-dit's `DBCacheConfig`. */
export interface DbCacheOptions {
  /** Blocks that always run first and whose residual is compared. Default: 1; cache-dit's 8 is meant for deep models. */
  readonly fnComputeBlocks?: number;
  /** Blocks that always run last. Default: 0. */
  readonly bnComputeBlocks?: number;
  /** The middle rests below this relative change of the first blocks' residual; 0 never, 1 always. Default: 0.08. */
  readonly residualDiffThreshold?: number;
  /** Compute every step once this much change has been met in the run; `null` or 0 for no limit. Default: `null`. */
  readonly maxAccumulatedResidualDiffThreshold?: number | null;
  /** Compute in the first steps. Default: 4; cache-dit has 8. */
  readonly maxWarmupSteps?: number;
  /** In the warm-up, only every n-th step must be computed. Default: 1. */
  readonly warmupInterval?: number;
  /** Most reuses in a run; −1 for no limit. Default: −1. */
  readonly maxCachedSteps?: number;
  /** Most reuses in a row; −1 for no limit. Default: −1. */
  readonly maxContinuousCachedSteps?: number;
  /** A digit per step, 1 for steps that must be computed. Default: `null`, none. */
  readonly stepsComputationMask?: string | null;
  /** What a 0 of the mask means: "static" reuses, "dynamic" asks the threshold. Default: "dynamic". */
  readonly stepsComputationPolicy?: "dynamic" | "static";
  /** Start anew before this step: warm-up, mask, limits, sums and the forecast count from there. Default: `null`, never. */
  readonly forceRefreshStepHint?: number | null;
  /** "once", or "repeat" after as many steps again. Default: "once". */
  readonly forceRefreshStepPolicy?: "once" | "repeat";
  /** How the middle's residual is carried on: as it was, by TaylorSeer, FoCa, or DMD. Default: "none". */
  readonly calibrator?: "none" | "taylorseer" | "foca" | "dmd";
  /** Order of TaylorSeer, 0 to 3. Default: 1. */
  readonly taylorseerOrder?: number;
}

/**
 * DBCache (cache-dit): FirstBlockCache made general. The first Fn and the last Bn blocks always run; if the residual of
 * the first has changed by less than the threshold since the last computed step, the middle ones rest and their residual
 * is reused, or forecast by TaylorSeer (arXiv:2503.06923), FoCa (arXiv:2508.16211) or dynamic mode decomposition (DMD).
 *
 * TaylorSeer takes no differences before the fourth step, as in cache-dit 1.5.3, whose calibrator asks for two steps before
 * its own count and begins to count one step late.
 *
 * Differs: a refresh hint counts steps of the run; cache-dit's counts calls of the transformer, two a step where guidance
 * calls it twice. FoCa's slope is divided by the gap between its anchors, without which cache-dit's is exact for neighbours only.
 *
 * @throws EngineError "option-unknown", "option-invalid"; "site-missing" if no block is left in the middle
 */
export const dbCache = (options: DbCacheOptions = {}): CacheMethod => {
  knownOptions("dbcache", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const check = checks("dbcache");
  const { fnComputeBlocks: first, bnComputeBlocks: last, residualDiffThreshold: threshold } = resolved;
  const { stepsComputationMask: mask, maxAccumulatedResidualDiffThreshold: budget } = resolved;
  const { forceRefreshStepHint: hint, forceRefreshStepPolicy: policy } = resolved;
  check.whole("fnComputeBlocks", first, 1);
  check.whole("bnComputeBlocks", last, 0);
  check.number("residualDiffThreshold", threshold, 0);
  if (budget !== null) check.number("maxAccumulatedResidualDiffThreshold", budget, 0);
  check.whole("maxWarmupSteps", resolved.maxWarmupSteps, 0);
  check.whole("warmupInterval", resolved.warmupInterval, 1);
  check.whole("maxCachedSteps", resolved.maxCachedSteps, -1);
  check.whole("maxContinuousCachedSteps", resolved.maxContinuousCachedSteps, -1);
  if (mask !== null && !(typeof mask === "string" && /^[01]+$/.test(mask)))
    check.refuse("stepsComputationMask", mask, "a digit per step, 1 for computed");
  if (hint !== null) check.whole("forceRefreshStepHint", hint, 1);
  check.oneOf("forceRefreshStepPolicy", resolved.forceRefreshStepPolicy, ["once", "repeat"]);
  check.oneOf("stepsComputationPolicy", resolved.stepsComputationPolicy, ["dynamic", "static"]);
  check.oneOf("calibrator", resolved.calibrator, ["none", "taylorseer", "foca", "dmd"]);
  check.whole("taylorseerOrder", resolved.taylorseerOrder, 0, 3);
  const forecaster = { none: undefined, taylorseer: taylor(resolved.taylorseerOrder, 3), foca, dmd }[
    resolved.calibrator
  ];
  const within = (count: number, limit: number): boolean => limit < 0 || count < limit;
  /** The step that everything at `step` counts from. */
  const originOf = (step: number): number => {
    if (hint === null || step < hint) return 0;
    return policy === "once" ? hint : step - (step % hint);
  };
  return {
    name: "dbcache",
    source: "cache-dit, github.com/vipshop/cache-dit",
    options: resolved,
    ...(forecaster ? { history: forecaster.history, keeps: forecaster.keeps } : {}),
    ...(forecaster?.products ? { products: true } : {}),
    sites: (model) => [model.blocks(first, model.depth - last)],
    probes: () => [{ tap: `blocks.0-${first}`, since: "last-compute" }],
    start({ steps }) {
      if (mask !== null && mask.length !== steps && hint === null)
        check.refuse("stepsComputationMask", mask, `a digit for each of the ${steps} steps; it has ${mask.length}`);
      const leading = mask === null ? steps : mask.search(/0|$/);
      const warmup = Math.min(resolved.maxWarmupSteps, leading);
      let [origin, cached, continuous, accumulated] = [0, 0, 0, 0];
      /** cache-dit's rules in their order. */
      const rests = (step: number, difference: number, note: () => void): boolean => {
        if (step < warmup && step % resolved.warmupInterval === 0) return false;
        if (mask?.[step] === "1") return false;
        if (mask !== null && resolved.stepsComputationPolicy === "static") return true;
        if (!within(cached, resolved.maxCachedSteps)) return false;
        if (!within(continuous, resolved.maxContinuousCachedSteps)) return false;
        if (budget !== null && budget > 0 && accumulated >= budget) return false;
        if (threshold <= 0) return false;
        if (threshold >= 1) return true; // nothing is compared then, so nothing is added up
        accumulated += difference;
        note();
        return difference < threshold;
      };
      return ({ site, step, computed, readings: [reading], products, forced, because }) => {
        if (originOf(step) !== origin) [origin, cached, continuous, accumulated] = [originOf(step), 0, 0, 0];
        const since = step - origin; // as cache-dit counts
        const difference = reading ? relativeChange(reading.change, reading.magnitude) : Number.POSITIVE_INFINITY;
        if (forced || since === 0 || !rests(since, difference, () => because({ difference, threshold }))) {
          continuous = 0;
          return compute;
        }
        cached += 1;
        continuous += 1;
        if (!forecaster) return reuse;
        const kept = computed.filter((at) => at >= origin).map((at) => at - origin);
        return { weights: forecaster.weights(kept, since, site, products) };
      };
    },
  };
};

const defaults = {
  fnComputeBlocks: 1,
  bnComputeBlocks: 0,
  residualDiffThreshold: 0.08,
  maxAccumulatedResidualDiffThreshold: null,
  maxWarmupSteps: 4,
  warmupInterval: 1,
  maxCachedSteps: -1,
  maxContinuousCachedSteps: -1,
  stepsComputationMask: null,
  stepsComputationPolicy: "dynamic",
  forceRefreshStepHint: null,
  forceRefreshStepPolicy: "once",
  calibrator: "none",
  taylorseerOrder: 1,
} as const satisfies Required<DbCacheOptions>;
