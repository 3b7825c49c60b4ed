import { type CompareRequest, compare, type FirstBlockCacheOptions, firstBlockCache } from "diffusion-cache";

/** FirstBlockCache: while the first block's residual hardly changes, the residual of the other blocks is added again. */
export const methods = (options: FirstBlockCacheOptions) => [firstBlockCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<FirstBlockCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

/** The slider of the page. */
export const knobs = [
  {
    name: "threshold",
    label: "Threshold",
    type: "range" as const,
    default: 0.1,
    min: 0,
    max: 0.5,
    step: 0.01,
    help: "Largest relative change of the first block's residual at which the others rest; 0 computes all.",
  },
];
