import { type CompareRequest, compare, type SpecaOptions, speca } from "diffusion-cache";

/** SpeCa (arXiv:2509.11628): sub-layers are forecast; the last block is computed beside its forecast and says when to stop. */
export const methods = (options: SpecaOptions) => [speca(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<SpecaOptions>) => compare(request, methods(request.settings.options ?? {}));

const scale = (min: number, max: number, step: number) => ({ type: "range" as const, min, max, step });

/** The controls of the page. */
export const knobs = [
  {
    ...scale(0, 2, 0.05),
    name: "baseThreshold",
    label: "Threshold",
    default: 0.3,
    help: "Largest error of a forecast at the first step; it falls over the run.",
  },
  {
    ...scale(0.05, 1, 0.05),
    name: "decayRate",
    label: "Falls to",
    default: 0.1,
    help: "Share of the threshold that is left at the end of the run; 1 keeps all of it.",
  },
  {
    ...scale(1, 6, 1),
    name: "minTaylorSteps",
    label: "Unverified",
    default: 1,
    unit: "steps",
    help: "Forecasts in a row before one is verified.",
  },
  {
    ...scale(0, 8, 1),
    name: "maxTaylorSteps",
    label: "At most",
    default: 8,
    unit: "steps",
    help: "Forecasts in a row; 0 computes every step.",
  },
  {
    ...scale(0, 3, 1),
    name: "maxOrder",
    label: "Order",
    default: 1,
    help: "Highest derivative of the forecast; 0 repeats the last output.",
  },
];
