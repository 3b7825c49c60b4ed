import { type Calibration, type CompareRequest, compare, type SmoothCacheOptions, smoothCache } from "diffusion-cache";

/** SmoothCache (arXiv:2411.10510): each kind of sub-layer rests for as long as a calibration run says that it may. */
export const methods = (options: Partial<SmoothCacheOptions>, { smoothcache }: Calibration) => [
  smoothCache({ ...smoothcache, ...options }),
];

/** The same clip twice, from the same noise. Another number of steps than the model's calibration has needs its own. */
export const run = async (request: CompareRequest<Partial<SmoothCacheOptions>>) => {
  const { engine, settings } = request;
  const { steps = engine.model.defaults.steps, options = {} } = settings;
  const carried = engine.model.calibration;
  const calibration = carried?.calibratedFor.steps === steps ? carried : await engine.calibrate({ steps });
  return compare(request, methods(options, calibration));
};

/** The slider of the page. */
export const knobs = [
  {
    name: "alpha",
    label: "Error",
    type: "range" as const,
    default: 0.1,
    min: 0,
    max: 0.6,
    step: 0.01,
    help: "Largest relative error of a reuse in the calibration run; 0 computes all.",
  },
];
