import { type CompareRequest, compare, type SeaCacheOptions, seaCache } from "diffusion-cache";

/** SeaCache (arXiv:2602.18993): the latents without their noise say how much the clip has changed since the last step. */
export const methods = (options: SeaCacheOptions) => [seaCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<SeaCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

const scale = (min: number, max: number, step: number) => ({ type: "range" as const, min, max, step });

/** The controls of the page. */
export const knobs = [
  {
    ...scale(0, 1.5, 0.05),
    name: "threshold",
    label: "Threshold",
    default: 0.25,
    help: "What the relative changes of the filtered latents may add up to; 0 computes all.",
  },
  {
    ...scale(0, 1, 1),
    name: "residualOrder",
    label: "Order",
    default: 1,
    help: "0 adds the last residual again; 1 carries it on along the line through the last two.",
  },
  {
    ...scale(0, 8, 1),
    name: "maxConsecutiveCached",
    label: "In a row",
    default: 2,
    unit: "steps",
    help: "Most estimates in a row; 0 for no limit.",
  },
  {
    ...scale(0.5, 6, 0.5),
    name: "powerExp",
    label: "Exponent",
    default: 3,
    help: "How fast the clean clip's power is taken to fall with frequency. Higher ones filter more.",
  },
];
