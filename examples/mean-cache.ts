import { type CompareRequest, compare, type FreshCalibration, type MeanCacheOptions, meanCache } from "diffusion-cache";

/** MeanCache (arXiv:2601.19961): skipped steps move the last prediction on by a mean velocity, along a path planned ahead. */
export const methods = (options: MeanCacheOptions, { meancache }: FreshCalibration) => [
  meanCache({ ...meancache, ...options }),
];

/** The same clip twice, from the same noise. Another number of steps than the model's calibration has needs its own. */
export const run = async (request: CompareRequest<MeanCacheOptions>) => {
  const { engine, settings } = request;
  const { steps = engine.model.defaults.steps, options = {} } = settings;
  const carried = engine.model.calibration;
  const fits = carried?.meancache?.calibratedFor.steps === steps;
  return compare(request, methods(options, fits ? (carried as FreshCalibration) : await engine.calibrate({ steps })));
};

/** The controls of the page. */
export const knobs = [
  {
    name: "share",
    label: "Computed",
    type: "range" as const,
    default: 0.5,
    min: 0.2,
    max: 1,
    step: 0.05,
    help: "Share of the steps that is computed; 1 computes all.",
  },
  {
    name: "maxOrder",
    label: "Largest K",
    type: "range" as const,
    default: 5,
    min: 1,
    max: 6,
    step: 1,
    help: "Most predictions that a mean velocity is taken from; 1 takes the last prediction as it was.",
  },
];
