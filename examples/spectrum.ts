import { type CompareRequest, compare, type SpectrumOptions, spectrum } from "diffusion-cache";

/** Spectrum (stable-diffusion.cpp): the network's output is a smooth curve over the steps, and is forecast between them. */
export const methods = (options: SpectrumOptions) => [spectrum(options)];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest<SpectrumOptions>) =>
  compare(request, methods(request.settings.options ?? {}));

const scale = (min: number, max: number, step: number) => ({ type: "range" as const, min, max, step });

/** The controls of the page. */
export const knobs = [
  {
    ...scale(1, 6, 0.5),
    name: "window",
    label: "Window",
    default: 2,
    unit: "steps",
    help: "Computed in 1 of this many steps, rounded down, when the warm-up ends.",
  },
  {
    ...scale(0, 2, 0.25),
    name: "flex",
    label: "Growth",
    default: 0.5,
    unit: "steps",
    help: "What the window grows by with each computed step.",
  },
  {
    ...scale(2, 10, 1),
    name: "warmup",
    label: "Warm-up",
    default: 4,
    unit: "steps",
    help: "Every step before this one is computed.",
  },
  {
    ...scale(0, 1, 0.1),
    name: "w",
    label: "Share of the curve",
    default: 0.4,
    help: "How much of the forecast is the Chebyshev curve; the rest is half a step along the last slope.",
  },
];
