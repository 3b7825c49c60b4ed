import { type CfgCacheOptions, type CompareRequest, cfgCache, compare } from "diffusion-cache";

/** CFG-Cache (arXiv:2410.19355): the unconditional prediction is estimated from the conditional one. Needs guidance > 1. */
export const methods = (options: CfgCacheOptions) => [cfgCache(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<CfgCacheOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

const window = (name: string, label: string, low: number, high: number, help: string) => ({
  name,
  label,
  type: "window" as const,
  default: [low, high] as const,
  min: -1,
  max: 1001,
  step: 1,
  unit: "timesteps",
  help,
});

const factor = (band: "Low" | "High") => ({
  name: `alpha${band}Frequency`,
  label: `${band} frequencies`,
  type: "range" as const,
  default: 1.1,
  min: 0.8,
  max: 1.4,
  step: 0.05,
  help: "Factor on these frequencies of the gap; grows with every estimate in a row.",
});

/** The controls of the page. The defaults are those of diffusers. */
export const knobs = [
  {
    name: "unconditionalBatchSkipRange",
    label: "Unconditional pass",
    type: "range" as const,
    default: 5,
    min: 1,
    max: 10,
    step: 1,
    unit: "steps",
    help: "Runs in 1 of this many steps; 1 runs it always.",
  },
  factor("Low"),
  factor("High"),
  window("unconditionalBatchTimestepSkipRange", "Window", -1, 641, "Estimated only between these timesteps."),
  window("lowFrequencyWeightUpdateTimestepRange", "Low window", 99, 901, "Where the low factor is applied."),
  window("highFrequencyWeightUpdateTimestepRange", "High window", -1, 301, "Where the high factor is applied."),
];
