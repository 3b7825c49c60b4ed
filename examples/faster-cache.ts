import { type CompareRequest, compare, type FasterCacheOptions, fasterCache } from "diffusion-cache";

/** FasterCache (arXiv:2410.19355): attention is forecast where the unconditional pass is estimated. Needs guidance > 1. */
export const methods = (options: FasterCacheOptions) => [fasterCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<FasterCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

const range = (name: string, label: string, value: number, help: string) => ({
  name,
  label,
  type: "range" as const,
  default: value,
  min: 1,
  max: 8,
  step: 1,
  unit: "steps",
  help,
});

const window = (name: string, label: string, high: number) => ({
  name,
  label,
  type: "window" as const,
  default: [-1, high] as const,
  min: -1,
  max: 1001,
  step: 1,
  unit: "timesteps",
  help: "Estimated only between these timesteps; 1000 is noise.",
});

/** The controls of the page. The defaults are those of diffusers, with temporal attention as in the authors' Latte. */
export const knobs = [
  range("spatialAttentionBlockSkipRange", "Spatial attention", 2, "Computed in 1 of this many steps; 1 computes all."),
  range("temporalAttentionBlockSkipRange", "Temporal attention", 2, "Computed in 1 of this many steps."),
  range("unconditionalBatchSkipRange", "Unconditional pass", 5, "Runs in 1 of this many steps; 1 runs it always."),
  {
    name: "attentionWeight",
    label: "Weight",
    type: "range" as const,
    default: 0.5,
    min: 0,
    max: 1,
    step: 0.05,
    help: "How far attention's last change is carried on; 0 repeats the last output.",
  },
  window("spatialAttentionTimestepSkipRange", "Spatial window", 681),
  window("temporalAttentionTimestepSkipRange", "Temporal window", 681),
  window("unconditionalBatchTimestepSkipRange", "Unconditional window", 641),
];
