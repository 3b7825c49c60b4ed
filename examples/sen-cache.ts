import { type CompareRequest, compare, type SenCacheOptions, senCache } from "diffusion-cache";

/** SenCache (arXiv:2602.24208): a step is skipped while latents and timestep have moved little since the last computed one. */
export const methods = (options: SenCacheOptions) => [senCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<SenCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

/** The controls of the page. */
export const knobs = [
  {
    name: "epsilon",
    label: "Tolerance ε",
    type: "range" as const,
    default: 0.4,
    min: 0,
    max: 2,
    step: 0.05,
    help: "Largest expected change of the prediction that a step may still reuse it with; 0 computes all.",
  },
  {
    name: "maxReuse",
    label: "Reuses in a row",
    type: "range" as const,
    default: 3,
    min: 0,
    max: 9,
    step: 1,
    help: "After so many skipped steps one is computed.",
  },
  {
    name: "nocacheStartRatio",
    label: "Computed at first",
    type: "range" as const,
    default: 0.3,
    min: 0,
    max: 1,
    step: 0.05,
    help: "Share of the steps, from the first on, that is always computed.",
  },
];
