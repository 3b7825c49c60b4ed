import { type CompareRequest, compare, type DbPruneOptions, dbPrune } from "diffusion-cache";

/** DBPrune (cache-dit): every block decides for itself, by what has changed of its own input. */
export const methods = (options: DbPruneOptions) => [dbPrune(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<DbPruneOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

const scale = (min: number, max: number, step: number) => ({ type: "range" as const, min, max, step });

/** The controls of the page. The model has 8 blocks. */
export const knobs = [
  {
    ...scale(0, 1, 0.01),
    name: "residualDiffThreshold",
    label: "Threshold",
    default: 0.15,
    help: "Largest relative change of what enters a block at which it is skipped; 0 computes all.",
  },
  { ...scale(1, 5, 1), name: "fnComputeBlocks", label: "First blocks", default: 1, help: "Always run." },
  { ...scale(0, 2, 1), name: "bnComputeBlocks", label: "Last blocks", default: 0, help: "Always run." },
  {
    ...scale(1, 10, 1),
    name: "maxWarmupSteps",
    label: "Warm-up",
    default: 4,
    unit: "steps",
    help: "Every step before this one is computed.",
  },
  {
    ...scale(-1, 6, 1),
    name: "maxContinuousCachedSteps",
    label: "Longest run",
    default: -1,
    unit: "steps",
    help: "At most so many steps in a row in which blocks are skipped; −1 for no limit.",
  },
  {
    name: "comparedWith",
    label: "Compared with",
    type: "select" as const,
    default: "last-compute",
    choices: ["last-compute", "last-step"],
    help: "What entered the block when it last ran, or a step before.",
  },
];
