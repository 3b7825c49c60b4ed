import { type CompareRequest, compare, type DiCacheOptions, diCache } from "diffusion-cache";

/** DiCache (arXiv:2508.17356): the first blocks are a probe; it says whether the rest may rest, and how to carry it on. */
export const methods = (options: DiCacheOptions) => [diCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<DiCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

const scale = (min: number, max: number, step: number) => ({ type: "range" as const, min, max, step });

/** The controls of the page. */
export const knobs = [
  {
    ...scale(1, 5, 1),
    name: "probeDepth",
    label: "Probe",
    default: 1,
    unit: "blocks",
    help: "Blocks that always run.",
  },
  {
    ...scale(0, 1, 0.02),
    name: "relL1Thresh",
    label: "Threshold",
    default: 0.2,
    help: "Largest error that a run of reuses may add up to; 0 computes all.",
  },
  {
    ...scale(0, 0.8, 0.05),
    name: "retRatio",
    label: "Warm-up",
    default: 0.2,
    help: "Share of the run, from its start, that is always computed.",
  },
  {
    name: "errorChoice",
    label: "Error",
    type: "select" as const,
    default: "delta_y",
    choices: ["delta_y", "delta_minus"],
    help: "The probe's relative change, or how far it differs from its input's.",
  },
];
