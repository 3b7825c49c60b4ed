import { type CacheMethod, compute, reuse, type SiteMap } from "../../method.js";
import { checks, knownOptions, relativeChange } from "../options.js";

/** Options of {@link dbPrune}, most under the names of cache-dit's `DBPruneConfig`. */
export interface DbPruneOptions {
  /** Blocks that always run first. Default: 1; cache-dit has 8. */
  readonly fnComputeBlocks?: number;
  /** Blocks that always run last. Default: 0. */
  readonly bnComputeBlocks?: number;
  /** Further blocks that always run, counted from 0. Default: `[]`. */
  readonly nonPruneBlockIds?: readonly number[];
  /** A block is skipped below this relative change of what enters it; 0 never, 1 always. Default: 0.08. */
  readonly residualDiffThreshold?: number;
  /** Raise the threshold to what the first blocks of the step changed by. Default: false. */
  readonly enableDynamicPruneThreshold?: boolean;
  /** A threshold that would be raised to this or more stays; `null` for twice itself. Default: `null`. */
  readonly maxDynamicPruneThreshold?: number | null;
  /** What their mean change is multiplied by. Default: 1.25. */
  readonly dynamicPruneThresholdRelaxRatio?: number;
  /** Compute in the first steps. Default: 4; cache-dit has 8. */
  readonly maxWarmupSteps?: number;
  /** In the warm-up, only every n-th step must be computed. Default: 1. */
  readonly warmupInterval?: number;
  /** Most steps of a run in which blocks are skipped; −1 for no limit. Default: −1. */
  readonly maxCachedSteps?: number;
  /** Most such steps in a row; −1 for no limit. Default: −1. */
  readonly maxContinuousCachedSteps?: number;
  /** What enters a block is compared with what entered it then, "last-step" as LightX2V has it. Default: "last-compute". */
  readonly comparedWith?: "last-compute" | "last-step";
}

/**
 * DBPrune (cache-dit): every block decides for itself. Where what enters it has changed by less than the threshold since
 * the block last ran, what it added then is added again. A reading per block, step and branch.
 *
 * Rules are those of cache-dit 1.5.3: a step counts as soon as a block of it is skipped, so the last one that `maxCachedSteps`
 * allows skips one. LightX2V's DynamicBlock is `{ fnComputeBlocks: 0, maxWarmupSteps: 0, comparedWith: "last-step" }`.
 *
 * Differs: dual- and single-stream blocks are one list; cache-dit wraps FLUX.2's apart. With guidance a raised threshold
 * comes from the branch's own blocks; there the branch with the text gives both.
 *
 * @throws EngineError "option-unknown", "option-invalid"; "site-missing" if no block may be skipped
 */
export const dbPrune = (options: DbPruneOptions = {}): CacheMethod => {
  knownOptions("dbprune", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const { residualDiffThreshold: lowest, nonPruneBlockIds: kept, comparedWith: since } = resolved;
  const { maxCachedSteps, maxContinuousCachedSteps, maxDynamicPruneThreshold } = resolved;
  const check = checks("dbprune");
  for (const name of ["fnComputeBlocks", "bnComputeBlocks", "maxWarmupSteps"] as const)
    check.whole(name, resolved[name], 0);
  for (const id of check.list("nonPruneBlockIds", kept, "a list of block numbers"))
    check.whole("nonPruneBlockIds", id, 0);
  check.number("residualDiffThreshold", lowest, 0);
  check.boolean("enableDynamicPruneThreshold", resolved.enableDynamicPruneThreshold);
  if (maxDynamicPruneThreshold !== null) check.number("maxDynamicPruneThreshold", maxDynamicPruneThreshold, 0);
  check.number("dynamicPruneThresholdRelaxRatio", resolved.dynamicPruneThresholdRelaxRatio, 0);
  check.whole("warmupInterval", resolved.warmupInterval, 1);
  for (const name of ["maxCachedSteps", "maxContinuousCachedSteps"] as const) check.whole(name, resolved[name], -1);
  check.oneOf("comparedWith", since, ["last-compute", "last-step"]);
  const within = (count: number, limit: number): boolean => limit < 0 || count < limit;
  const prunable = ({ depth }: SiteMap): readonly number[] =>
    Array.from({ length: Math.max(0, depth - resolved.bnComputeBlocks) }, (_, block) => block).filter(
      (block) => block >= resolved.fnComputeBlocks && !kept.includes(block),
    );
  /** The threshold for a block, after what the blocks before it changed by in this step. */
  const thresholdAfter = (changes: readonly number[]): number => {
    const moved = changes.slice(0, 5).filter((change) => change > 0);
    if (!resolved.enableDynamicPruneThreshold || moved.length === 0) return lowest;
    const mean = moved.reduce((sum, change) => sum + change, 0) / moved.length;
    const raised = mean * resolved.dynamicPruneThresholdRelaxRatio;
    return raised < (maxDynamicPruneThreshold ?? 2 * lowest) ? Math.max(raised, lowest) : lowest;
  };
  return {
    name: "dbprune",
    source: "cache-dit, github.com/vipshop/cache-dit",
    options: resolved,
    sites: (model) => prunable(model).map((block) => model.blocks(block, block + 1)),
    probes: (model) =>
      prunable(model).map((block) => ({
        tap: `hidden.${block}`,
        since,
        site: model.blocks(block, block + 1).id,
      })),
    start() {
      let [at, pruned, steps, inARow] = [0, -1, 0, 0]; // this step, the last one in which a block rested, and how many
      let changes: number[] = [];
      return ({ step, readings: [reading], forced, because }) => {
        if (step !== at) [at, changes, inARow] = [step, [], pruned === step - 1 ? inARow : 0];
        const before = pruned === step ? inARow - 1 : inARow;
        const warms = step < resolved.maxWarmupSteps && step % resolved.warmupInterval === 0;
        if (forced || warms || !within(steps, maxCachedSteps) || !within(before, maxContinuousCachedSteps))
          return compute;
        const threshold = thresholdAfter(changes);
        if (threshold <= 0) return compute;
        const difference = reading ? relativeChange(reading.change, reading.magnitude) : Number.POSITIVE_INFINITY;
        changes.push(threshold >= 1 ? -1 : difference); // nothing is compared then, but it is counted
        if (threshold < 1) because({ difference, threshold });
        if (threshold < 1 && difference >= threshold) return compute;
        if (pruned !== step) [pruned, steps, inARow] = [step, steps + 1, inARow + 1];
        return reuse;
      };
    },
  };
};

const defaults = {
  fnComputeBlocks: 1,
  bnComputeBlocks: 0,
  nonPruneBlockIds: [],
  residualDiffThreshold: 0.08,
  enableDynamicPruneThreshold: false,
  maxDynamicPruneThreshold: null,
  dynamicPruneThresholdRelaxRatio: 1.25,
  maxWarmupSteps: 4,
  warmupInterval: 1,
  maxCachedSteps: -1,
  maxContinuousCachedSteps: -1,
  comparedWith: "last-compute",
} as const satisfies Required<DbPruneOptions>;
