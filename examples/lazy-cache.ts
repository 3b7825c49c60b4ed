import { type CompareRequest, compare, type LazyCacheOptions, lazyCache } from "diffusion-cache";

/** LazyCache: EasyCache (arXiv:2507.02860) around the whole step, both passes of guidance together. */
export const methods = (options: LazyCacheOptions) => [lazyCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<LazyCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

/** The controls of the page. */
export const knobs = [
  {
    name: "threshold",
    label: "Threshold",
    type: "range" as const,
    default: 0.05,
    min: 0,
    max: 0.4,
    step: 0.005,
    help: "Largest estimated change of the guided prediction that a run of reuses may add up to; 0 computes all.",
  },
  {
    name: "retSteps",
    label: "Warm-up",
    type: "range" as const,
    default: 5,
    min: 1,
    max: 10,
    step: 1,
    unit: "steps",
    help: "Every step before this one is computed.",
  },
  {
    name: "inputReference",
    label: "Latents compared with",
    type: "select" as const,
    default: "previous",
    choices: ["previous", "lastComputed"],
    help: "Those of the step before, as the authors do, or of the last computed step, as ComfyUI does.",
  },
];
