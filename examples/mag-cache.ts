import { type Calibration, type CompareRequest, compare, type MagCacheOptions, magCache } from "diffusion-cache";

/** MagCache (arXiv:2506.09045): ratios of residuals, measured once per model, say how far a reused one will be off. */
export const methods = (options: Partial<MagCacheOptions>, { magcache: { magRatios } }: Calibration) => [
  magCache({ magRatios, ...options }),
];

/** The same clip twice, from the same noise. Checkpoints may carry their calibration; otherwise one run measures it. */
export const run = async (request: CompareRequest<Partial<MagCacheOptions>>) => {
  const { engine, settings } = request;
  const calibration = engine.model.calibration ?? (await engine.calibrate());
  return compare(request, methods(settings.options ?? {}, calibration));
};

const scale = (min: number, max: number, step: number) => ({ type: "range" as const, min, max, step });

/** The sliders of the page. */
export const knobs = [
  {
    ...scale(0, 0.5, 0.01),
    name: "threshold",
    label: "Threshold",
    default: 0.12,
    help: "Largest error that a run of reuses may add up to; 0 computes all.",
  },
  {
    ...scale(0, 8, 1),
    name: "maxSkipSteps",
    label: "Longest run",
    default: 3,
    unit: "steps",
    help: "At most so many reuses in a row.",
  },
  {
    ...scale(0, 1, 0.05),
    name: "retentionRatio",
    label: "Warm-up",
    default: 0.2,
    help: "Share of the run, from its start, that is always computed.",
  },
];
