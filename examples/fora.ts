import { compareClips, type Engine, type ForaOptions, fora, type Progress } from "diffusion-cache";

/** FORA (arXiv:2407.01425). */
export const methods = (options: ForaOptions) => [fora(options)];

export interface Request {
  readonly engine: Engine;
  readonly settings: { prompt: string; seed: number; steps: number; guidance: number; options: ForaOptions };
  readonly signal: AbortSignal;
  readonly onProgress: (run: "uncached" | "cached", progress: Progress) => void;
}

/** The same clip twice, from the same noise: once with every step computed, once with 1 step in `interval`. */
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
