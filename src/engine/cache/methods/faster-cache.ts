import { type CacheMethod, compute, type SiteKind } from "../../method.js";
import { checks, emptyWindowNotes, knownOptions } from "../options.js";
import { type CfgCacheOptions, cfgCache, cfgCacheDefaults } from "./cfg-cache.js";

type Range = readonly [low: number, high: number];

/** Options of {@link fasterCache}, under the names of diffusers' `FasterCacheConfig`. */
export interface FasterCacheOptions extends CfgCacheOptions {
  /** Compute spatial attention in 1 of this many steps; `null` leaves it alone. Default: 2. */
  readonly spatialAttentionBlockSkipRange?: number | null;
  /** The same for temporal attention. Default: `null`. */
  readonly temporalAttentionBlockSkipRange?: number | null;
  /** Window of timesteps in which spatial attention is forecast. Default: [-1, 681]. */
  readonly spatialAttentionTimestepSkipRange?: Range;
  /** The same for temporal attention. Default: [-1, 681]. */
  readonly temporalAttentionTimestepSkipRange?: Range;
  /** How far the last change is carried on: last + weight · (last − the one before). Default: 0.5. */
  readonly attentionWeight?: number;
  /** What the forecast is made from: the last two outputs, forecasts too, or as in "paper" computed ones. Default: "diffusers". */
  readonly variant?: "diffusers" | "paper";
  /** The model has no unconditional branch: attention is then forecast in every step of its window. Default: false. */
  readonly isGuidanceDistilled?: boolean;
  /** Layout of the prediction in diffusers; taken so that settings can be copied, as the engine knows it. Default: "BCFHW". */
  readonly tensorFormat?: "BCFHW" | "BFCHW" | "BCHW";
}

const attentionDefaults = {
  spatialAttentionBlockSkipRange: 2,
  temporalAttentionBlockSkipRange: null,
  spatialAttentionTimestepSkipRange: [-1, 681],
  temporalAttentionTimestepSkipRange: [-1, 681],
  attentionWeight: 0.5,
  variant: "diffusers",
  isGuidanceDistilled: false,
  tensorFormat: "BCFHW",
} as const satisfies Omit<Required<FasterCacheOptions>, keyof CfgCacheOptions>;

/**
 * FasterCache (arXiv:2410.19355): attention outputs are extrapolated from the last two, and the unconditional branch is
 * estimated from the conditional one (CFG-Cache). Attention is only forecast in steps whose unconditional branch is
 * estimated too, unless the model is guidance-distilled.
 *
 * As diffusers does it, forecasts enter the history, so that a run of several feeds on itself; the authors keep computed
 * outputs only. Only the conditional branch keeps attention outputs, unless the model is guidance-distilled and yet runs
 * with guidance: each branch then keeps its own.
 *
 * Differs: a guidance-distilled run that begins inside the window computes its first step, where diffusers stops with a
 * TypeError.
 *
 * @throws EngineError "option-unknown", "option-invalid"; "site-missing" without attention, or without guidance
 */
export const fasterCache = (options: FasterCacheOptions = {}): CacheMethod => {
  const check = checks("fastercache");
  knownOptions("fastercache", options, [...Object.keys(attentionDefaults), ...Object.keys(cfgCacheDefaults)]);
  const resolved = { ...attentionDefaults, ...cfgCacheDefaults, ...options };
  const { attentionWeight, isGuidanceDistilled: distilled } = resolved;
  check.finite("attentionWeight", attentionWeight);
  check.oneOf("variant", resolved.variant, ["diffusers", "paper"]);
  check.boolean("isGuidanceDistilled", distilled);
  check.oneOf("tensorFormat", resolved.tensorFormat, ["BCFHW", "BFCHW", "BCHW"]);
  const rules = new Map<SiteKind, { readonly range: number; readonly window: Range }>();
  const windows: Record<string, Range> = {};
  for (const kind of ["spatial", "temporal"] as const) {
    const window = check.window(`${kind}AttentionTimestepSkipRange`, resolved[`${kind}AttentionTimestepSkipRange`]);
    const range: number | null = resolved[`${kind}AttentionBlockSkipRange`];
    if (range === null) continue;
    windows[`${kind}AttentionTimestepSkipRange`] = window;
    rules.set(`${kind}-attention`, { range: check.whole(`${kind}AttentionBlockSkipRange`, range, 1), window });
  }

  const attention: CacheMethod = {
    name: "fastercache",
    options: resolved,
    history: 2,
    keeps: resolved.variant === "paper" ? "computed" : "every visit",
    // Without CFG-Cache both branches always run, and diffusers forecasts the attention of both.
    ...(distilled ? {} : { branches: ["cond"] as const }),
    sites: (model) => model.all(...rules.keys()),
    start:
      () =>
      ({ site, step, timestep, computed, guided }) => {
        const {
          range,
          window: [low, high],
        } = rules.get(site.kind) as { range: number; window: Range }; // prettier-ignore
        const rests = low < timestep && timestep < high && step % range !== 0;
        if (!rests || (guided && !distilled)) return compute;
        return { weights: computed.length > 1 ? [1 + attentionWeight, -attentionWeight] : [1] };
      },
  };
  const guidance = Object.fromEntries(
    Object.keys(cfgCacheDefaults).map((key) => [key, resolved[key as keyof CfgCacheOptions]]),
  );
  const parts = [...(rules.size > 0 ? [attention] : []), ...(distilled ? [] : [cfgCache(guidance, "fastercache")])];
  if (parts.length === 0)
    check.refuse("isGuidanceDistilled", true, "false where both attention ranges are null: nothing would be cached");
  return {
    name: "fastercache",
    source: "arXiv:2410.19355",
    options: resolved,
    notes: [...emptyWindowNotes(windows), ...parts.flatMap(({ notes = [] }) => notes)],
    parts,
    sites: (model) => parts.flatMap((part) => part.sites(model)),
    start: () => () => compute, // its parts act
  };
};
