import { type CompareRequest, compare, type PabOptions, pab } from "diffusion-cache";

/** Pyramid Attention Broadcast (arXiv:2408.12588): attention is computed in 1 step of N, inside a window. */
export const methods = (options: PabOptions) => [pab(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<PabOptions>) => compare(request, methods(request.settings.options ?? {}));

const range = (kind: string, value: number) => ({
  name: `${kind.toLowerCase()}AttentionBlockSkipRange`,
  label: `${kind} attention`,
  type: "range" as const,
  default: value,
  min: 1,
  max: 8,
  step: 1,
  unit: "steps",
  help: "Computed in 1 of this many steps; 1 computes all.",
});

const window = (kind: string) => ({
  name: `${kind.toLowerCase()}AttentionTimestepSkipRange`,
  label: `${kind} window`,
  type: "window" as const,
  default: [100, 800] as const,
  min: 0,
  max: 1000,
  step: 10,
  unit: "timesteps",
  help: "Reused only between these timesteps; 1000 is noise.",
});

/** The sliders of the page. The defaults are the paper's for Latte. */
export const knobs = [
  range("Spatial", 2),
  range("Temporal", 3),
  range("Cross", 6),
  window("Spatial"),
  window("Temporal"),
  window("Cross"),
];
