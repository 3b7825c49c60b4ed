import { type CacheMethod, compute, reuse, type Site, type SiteKind } from "../../method.js";
import { checks, emptyWindowNotes, knownOptions } from "../options.js";

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
  /**
   * Feed-forward broadcast, which the authors' VideoSys has and diffusers has not: from the first step at or below
   * `timestep` on, the feed-forward outputs of `blocks` are reused for `skipCount` steps. Default: [].
   */
  readonly mlpBroadcast?: readonly MlpBroadcast[];
}

export interface MlpBroadcast {
  readonly timestep: number;
  /** Indices of blocks, of each list of blocks of the model. */
  readonly blocks: readonly number[];
  readonly skipCount: number;
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
  for (const entry of check.list("mlpBroadcast", merged.mlpBroadcast, "a list of { timestep, blocks, skipCount }"))
    check.record("mlpBroadcast", entry);
  const untouched =
    kinds.every((kind) => merged[`${kind}AttentionBlockSkipRange`] === null) && merged.mlpBroadcast.length === 0;
  const resolved = untouched ? { ...merged, spatialAttentionBlockSkipRange: 2 } : merged;

  const rules = new Map<SiteKind, { readonly range: number; readonly window: TimestepRange }>();
  const windows: Record<string, TimestepRange> = {};
  for (const kind of kinds) {
    const window = check.window(`${kind}AttentionTimestepSkipRange`, resolved[`${kind}AttentionTimestepSkipRange`]);
    const range = resolved[`${kind}AttentionBlockSkipRange`];
    if (range === null) continue;
    check.whole(`${kind}AttentionBlockSkipRange`, range, 1);
    windows[`${kind}AttentionTimestepSkipRange`] = window;
    rules.set(`${kind}-attention`, { range, window });
  }
  for (const entry of resolved.mlpBroadcast) {
    check.number("mlpBroadcast.timestep", entry.timestep, 0);
    check.numbers("mlpBroadcast.blocks", entry.blocks, "a list of block indices");
    check.whole("mlpBroadcast.skipCount", entry.skipCount, 1);
  }
  const broadcasts = (site: Site): readonly MlpBroadcast[] =>
    resolved.mlpBroadcast.filter(({ blocks }) => blocks.includes(blockOf(site)));
  return {
    name: "pab",
    source: "arXiv:2408.12588",
    options: resolved,
    notes: [
      ...(untouched ? ["No skip range is set, so spatial attention takes 2, as in diffusers."] : []),
      ...emptyWindowNotes(windows),
    ],
    sites: (model): readonly Site[] => [
      ...(rules.size > 0 ? model.all(...rules.keys()) : []),
      ...model.all("feed-forward").filter((site) => broadcasts(site).length > 0),
    ],
    start:
      ({ timesteps }) =>
      ({ site, step, timestep }) => {
        if (site.kind === "feed-forward") {
          const since = broadcasts(site).map((entry) => {
            const from = timesteps.findIndex((one) => one <= entry.timestep);
            return from >= 0 && from < step && step <= from + entry.skipCount;
          });
          return since.includes(true) ? reuse : compute;
        }
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
  mlpBroadcast: [],
};

/** "transformer_blocks.3.ff" → 3. */
const blockOf = ({ id }: Site): number => Number(id.split(".")[1]);
