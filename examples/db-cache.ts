import { type CompareRequest, compare, type DbCacheOptions, dbCache } from "diffusion-cache";

/** DBCache (cache-dit): the first blocks run and decide, the last ones run and correct, those between may rest. */
export const methods = (options: DbCacheOptions) => [dbCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<DbCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

const scale = (min: number, max: number, step: number) => ({ type: "range" as const, min, max, step });

/** The controls of the page. The model has 8 blocks. */
export const knobs = [
  { ...scale(1, 5, 1), name: "fnComputeBlocks", label: "First blocks", default: 1, help: "Always run, and decide." },
  { ...scale(0, 2, 1), name: "bnComputeBlocks", label: "Last blocks", default: 0, help: "Always run." },
  {
    ...scale(0, 1, 0.01),
    name: "residualDiffThreshold",
    label: "Threshold",
    default: 0.15,
    help: "Largest relative change of the first blocks' residual at which the middle rests; 0 computes all.",
  },
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
    help: "At most so many reuses in a row; −1 for no limit.",
  },
  {
    name: "calibrator",
    label: "Calibrator",
    type: "select" as const,
    default: "none",
    choices: ["none", "taylorseer", "foca", "dmd"],
    help: "How the middle's residual is carried on: as it was, or forecast.",
  },
];
