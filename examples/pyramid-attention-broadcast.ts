import { compareClips, type Engine, type PabOptions, type Progress, pab } from "diffusion-cache";

/** Pyramid Attention Broadcast (arXiv:2408.12588). */
export const methods = (options: PabOptions) => [pab(options)];

export interface Request {
  readonly engine: Engine;
  readonly settings: { prompt: string; seed: number; steps: number; guidance: number; options: PabOptions };
  readonly signal: AbortSignal;
  readonly onProgress: (run: "uncached" | "cached", progress: Progress) => void;
}

/** The same clip twice, from the same noise: once with every step computed, once with attention reused. */
export const run = async ({ engine, settings, signal, onProgress }: Request) => {
  const { options, ...request } = settings;

  const uncached = await engine.generate({
    ...request,
    signal,
    previewEvery: 1,
    onProgress: (progress) => onProgress("uncached", progress),
  });
  const cached = await engine.generate({
    ...request,
    cache: methods(options),
    signal,
    previewEvery: 1,
    onProgress: (progress) => onProgress("cached", progress),
  });
  return { uncached, cached, quality: compareClips(uncached.clip, cached.clip) };
};

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
