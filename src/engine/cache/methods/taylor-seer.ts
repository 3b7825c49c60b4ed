import { type CacheMethod, compute, type SiteKind } from "../../method.js";
import { taylorWeights } from "../forecast.js";
import { checks, knownOptions } from "../options.js";

/** Derivatives of a higher order are noise in float32, and their features only take room. */
const mostOrder = 16;

const kinds = ["spatial-attention", "temporal-attention", "cross-attention", "feed-forward"] as const;

/** Options of {@link taylorSeer}, under the names of diffusers' `TaylorSeerCacheConfig`. */
export interface TaylorSeerOptions {
  /** After the warm-up, compute 1 step of this many. Default: 5. */
  readonly cacheInterval?: number;
  /** Compute every step before this one; the first is computed in any case. Default: 3. */
  readonly disableCacheBeforeStep?: number;
  /** Compute every step from this one on; `null` for none. Default: `null`. */
  readonly disableCacheAfterStep?: number | null;
  /** Highest derivative of the forecast, up to 16; 0 for plain reuse; one more feature is kept. Default: 1. */
  readonly maxOrder?: number;
  /** Forecast the whole network's output and run nothing else; `sites` is then ignored. Default: false. */
  readonly useLiteMode?: boolean;
  /** Precision of the kept features; nothing else here. Default: "float32". */
  readonly taylorFactorsDtype?: "float32";
  /** Where an interval begins: "paper" computes again `cacheInterval` steps after the warm-up's last. Default: "diffusers". */
  readonly variant?: "diffusers" | "paper";
  /** Kinds of sub-layers to forecast. Default: the three attentions, as in diffusers. */
  readonly sites?: readonly SiteKind[];
}

/**
 * TaylorSeer (arXiv:2503.06923): module outputs are computed in one step of an interval and forecast in the others from
 * their finite differences.
 *
 * The phase is diffusers' unless `variant` says otherwise: after `disableCacheBeforeStep` full steps the first one is
 * forecast, the second computed.
 *
 * Differs: diffusers keeps the factors in bfloat16 unless told otherwise; here features stay float32. Its default
 * patterns match nothing on Latte, and the run is silently uncached; here a method without a site is refused. Without a
 * warm-up diffusers stops in its first step; here that step is computed.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const taylorSeer = (options: TaylorSeerOptions = {}): CacheMethod => {
  const resolved = { ...defaults, ...options };
  const {
    cacheInterval,
    disableCacheBeforeStep: before,
    disableCacheAfterStep: after,
    maxOrder,
    useLiteMode,
  } = resolved;
  const check = checks("taylorseer");
  knownOptions("taylorseer", options, Object.keys(defaults));
  check.whole("cacheInterval", cacheInterval, 1);
  check.whole("disableCacheBeforeStep", before, 0);
  if (after !== null) check.whole("disableCacheAfterStep", after, 0);
  check.whole("maxOrder", maxOrder, 0, mostOrder);
  check.boolean("useLiteMode", useLiteMode);
  const behind = check.oneOf("variant", resolved.variant, ["diffusers", "paper"]) === "paper" ? -1 : 1;
  check.oneOf("taylorFactorsDtype", resolved.taylorFactorsDtype, ["float32"]);
  check.someOf("sites", resolved.sites, kinds);
  return {
    name: "taylorseer",
    source: "arXiv:2503.06923",
    options: resolved,
    history: maxOrder + 1,
    sites: (model) => (useLiteMode ? [model.output()] : model.all(...resolved.sites)),
    start:
      () =>
      ({ step, computed }) => {
        const phase = (((step - before - behind) % cacheInterval) + cacheInterval) % cacheInterval;
        if (step < before || phase === 0 || (after !== null && step >= after)) return compute;
        return { weights: taylorWeights(computed, step, maxOrder) };
      },
  };
};

const defaults = {
  cacheInterval: 5,
  disableCacheBeforeStep: 3,
  disableCacheAfterStep: null,
  maxOrder: 1,
  useLiteMode: false,
  taylorFactorsDtype: "float32",
  variant: "diffusers",
  sites: ["spatial-attention", "temporal-attention", "cross-attention"],
} as const satisfies Required<TaylorSeerOptions>;
