import { type CompareRequest, compare, type DpCacheOptions, dpCache, type FreshCalibration } from "diffusion-cache";

/** DPCache (arXiv:2602.22654): of all masks with so many computed steps, the one that a calibration run says loses least. */
export const methods = (options: Partial<DpCacheOptions>, { dpcache }: FreshCalibration) => [
  dpCache({ ...dpcache, ...options }),
];

/** The same clip twice, from the same noise. Another number of steps than the model's calibration has needs its own. */
export const run = async (request: CompareRequest<Partial<DpCacheOptions>>) => {
  const { engine, settings } = request;
  const { steps = engine.model.defaults.steps, options = {} } = settings;
  const carried = engine.model.calibration;
  const fits = carried?.dpcache?.calibratedFor?.steps === steps;
  return compare(request, methods(options, fits ? (carried as FreshCalibration) : await engine.calibrate({ steps })));
};

/** The controls of the page. */
export const knobs = [
  {
    name: "share",
    label: "Computed",
    type: "range" as const,
    default: 0.4,
    min: 0.15,
    max: 1,
    step: 0.05,
    help: "Share of the steps that is computed; 1 computes all.",
  },
  {
    name: "objective",
    label: "Loses least",
    type: "select" as const,
    default: "sum",
    choices: ["sum", "minimax"],
    help: "The sum of all errors (DPCache), or the worst jump first, then the second worst (LeMiCa).",
  },
  {
    name: "estimate",
    label: "Between",
    type: "select" as const,
    default: "line",
    choices: ["line", "reuse"],
    help: "A step between is on the line through the last two computed outputs, or takes the last one.",
  },
];
