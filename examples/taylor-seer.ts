import { type CompareRequest, compare, type TaylorSeerOptions, taylorSeer } from "diffusion-cache";

/** The authors forecast the feed-forward too; diffusers only attention, which is the method's default. */
const sites = ["spatial-attention", "temporal-attention", "cross-attention", "feed-forward"] as const;

/** TaylorSeer (arXiv:2503.06923): after a warm-up, 1 step in `cacheInterval` is computed, the others are forecast. */
export const methods = (options: TaylorSeerOptions) => [taylorSeer({ sites, ...options })];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<TaylorSeerOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

const scale = (min: number, max: number) => ({ type: "range" as const, min, max, step: 1 });

/** The controls of the page. */
export const knobs = [
  {
    ...scale(1, 8),
    name: "cacheInterval",
    label: "Interval",
    default: 3,
    unit: "steps",
    help: "Computed in 1 of this many steps after the warm-up; 1 computes all.",
  },
  {
    ...scale(1, 10),
    name: "disableCacheBeforeStep",
    label: "Warm-up",
    default: 3,
    unit: "steps",
    help: "Every step before this one is computed.",
  },
  {
    ...scale(0, 3),
    name: "maxOrder",
    label: "Order",
    default: 1,
    help: "Highest derivative of the forecast; 0 repeats the last output.",
  },
  {
    name: "useLiteMode",
    label: "Lite mode",
    type: "toggle" as const,
    default: false,
    help: "Forecast the whole network's output and run nothing inside it.",
  },
];
