import { type CacheMethod, compute, reuse, type Site, type SiteKind } from "../method.js";
import { checks, knownOptions } from "../options.js";

/** Timesteps between which attention may be reused; both ends lie outside. */
export type TimestepRange = readonly [low: number, high: number];

/** Options of {@link pab}, under the names of diffusers' `PyramidAttentionBroadcastConfig`. */
export interface PabOptions {
  /** Compute spatial attention in 1 of this many steps; `null` leaves it alone. Default: `null`, or 2 if all three are `null`. */
  readonly spatialAttentionBlockSkipRange?: number | null;
  /** The same for temporal attention. Default: `null`. */
  readonly temporalAttentionBlockSkipRange?: number | null;
  /** The same for cross-attention. Default: `null`. */
  readonly crossAttentionBlockSkipRange?: number | null;
  /** Window of timesteps (1000 = noise) in which spatial attention is reused. Default: [100, 800]. */
  readonly spatialAttentionTimestepSkipRange?: TimestepRange;
  /** The same for temporal attention. Default: [100, 800]. */
  readonly temporalAttentionTimestepSkipRange?: TimestepRange;
  /** The same for cross-attention. Default: [100, 800]. */
  readonly crossAttentionTimestepSkipRange?: TimestepRange;
}

/**
 * Pyramid Attention Broadcast (arXiv:2408.12588): in the middle of a run, attention is computed in one step of N and
 * its output, before the gate, is used again in the others; N is smallest for spatial and largest for cross-attention.
 *
 * The phase is the absolute step (`step % N`), not the age since the window began, as in diffusers and VideoSys: so the
 * first step inside the window may already be a reuse.
 *
 * Differs: diffusers keeps one state for both guidance branches, and with separate passes hands the unconditional one
 * the conditional output; here each branch has its own.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const pab = (options: PabOptions = {}): CacheMethod => {
  const check = checks("pab");
  knownOptions("pab", options, Object.keys(defaults));
  const merged = { ...defaults, ...options };
  const kinds = ["spatial", "temporal", "cross"] as const;
  const untouched = kinds.every((kind) => merged[`${kind}AttentionBlockSkipRange`] === null);
  const resolved = untouched ? { ...merged, spatialAttentionBlockSkipRange: 2 } : merged;

  const rules = new Map<SiteKind, { readonly range: number; readonly window: TimestepRange }>();
  for (const kind of kinds) {
    const window = check.window(`${kind}AttentionTimestepSkipRange`, resolved[`${kind}AttentionTimestepSkipRange`]);
    const range = resolved[`${kind}AttentionBlockSkipRange`];
    if (range === null) continue;
    check.whole(`${kind}AttentionBlockSkipRange`, range, 1);
    rules.set(`${kind}-attention`, { range, window });
  }
  return {
    name: "pab",
    source: "arXiv:2408.12588",
    options: resolved,
    notes: untouched ? ["No skip range is set, so spatial attention takes 2, as in diffusers."] : [],
    sites: (model): readonly Site[] => model.all(...rules.keys()),
    start:
      () =>
      ({ site, step, timestep }) => {
        const {
          range,
          window: [low, high],
        } = rules.get(site.kind) as { range: number; window: TimestepRange }; // prettier-ignore
        return low < timestep && timestep < high && step % range !== 0 ? reuse : compute;
      },
  };
};

const defaults: Required<PabOptions> = {
  spatialAttentionBlockSkipRange: null,
  temporalAttentionBlockSkipRange: null,
  crossAttentionBlockSkipRange: null,
  spatialAttentionTimestepSkipRange: [100, 800],
  temporalAttentionTimestepSkipRange: [100, 800],
  crossAttentionTimestepSkipRange: [100, 800],
};
