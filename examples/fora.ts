import { type CompareRequest, compare, type ForaOptions, fora } from "diffusion-cache";

/** FORA (arXiv:2407.01425): 1 step in `interval` is computed, the last one among them. */
export const methods = (options: ForaOptions) => [fora(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<ForaOptions>) => compare(request, methods(request.settings.options ?? {}));

/** The slider of the page. */
export const knobs = [
  {
    name: "interval",
    label: "Interval",
    type: "range" as const,
    default: 3,
    min: 1,
    max: 10,
    step: 1,
    unit: "steps",
    help: "Attention and feed-forward are computed in 1 of this many steps; 1 computes all.",
  },
];
