import { type Calibration, type CompareRequest, compare, type TeaCacheOptions, teaCache } from "diffusion-cache";

/** TeaCache (arXiv:2411.19108): a polynomial, fitted once per model, says how much the output changes with the input. */
export const methods = (options: Partial<TeaCacheOptions>, { teacache: { coefficients } }: Calibration) => [
  teaCache({ coefficients, ...options }),
];

/** The same clip twice, from the same noise. Checkpoints may carry their calibration; otherwise one run measures it. */
export const run = async (request: CompareRequest<Partial<TeaCacheOptions>>) => {
  const { engine, settings } = request;
  const calibration = engine.model.calibration ?? (await engine.calibrate());
  return compare(request, methods(settings.options ?? {}, calibration));
};

/** The controls of the page. */
export const knobs = [
  {
    name: "relL1Thresh",
    label: "Threshold",
    type: "range" as const,
    default: 0.1,
    min: 0,
    max: 0.8,
    step: 0.01,
    help: "Largest estimated change of the output that a run of reuses may add up to; 0 computes all.",
  },
  {
    name: "signal",
    label: "Signal",
    type: "select" as const,
    default: "modulated-input",
    choices: ["modulated-input", "timestep-embedding"],
    help: "What is compared from step to step. The polynomial was fitted for the first.",
  },
];
