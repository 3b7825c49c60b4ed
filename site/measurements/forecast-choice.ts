import { type Filling, type ForecastErrors, fillings, forecastErrors, stepMask } from "diffusion-cache";
import type { Knob } from "../program/example-module.js";
import type { ForecastProducts } from "./forecast-products.js";
import { percent } from "./shares.js";

/** What a reader sets. */
export interface ForecastChoice {
  /** What is kept: a title in `placeTitles`. */
  readonly place: string;
  /** One step of so many is computed. */
  readonly every: number;
  /** Highest difference of Taylor's and Hermite's forecast; fitted weights keep one feature more. */
  readonly order: number;
}

const placeTitles = ["What all blocks add", "The prediction"] as const;

export const usualForecasts: ForecastChoice = { place: placeTitles[0], every: 3, order: 2 };

export const forecastKnobs: readonly (Knob & { readonly name: keyof ForecastChoice })[] = [
  {
    type: "select",
    name: "place",
    label: "Kept feature",
    help: "Most methods keep the first.",
    choices: placeTitles,
    default: usualForecasts.place,
  },
  {
    ...{ type: "range", name: "every", label: "Compute every", min: 2, max: 5, step: 1, default: usualForecasts.every },
    help: "Steps between two computed ones.",
  },
  {
    ...{ type: "range", name: "order", label: "Order", min: 0, max: 3, step: 1, default: usualForecasts.order },
    help: "Of Taylor and Hermite; fitted weights keep one feature more.",
  },
];

/** The errors of all forecasts at the chosen place. */
export const forecastErrorsOf = (
  { places }: ForecastProducts,
  { place, every, order }: ForecastChoice,
): ForecastErrors => {
  const wanted = place === placeTitles[0] ? "blocks." : "output";
  const found = places.find((one) => one.place.startsWith(wanted));
  if (!found) throw new Error(`no products of ${place}`);
  return forecastErrors({ ...found, method: stepMask({ every }), order });
};

export interface MeanError {
  readonly name: Filling;
  readonly title: string;
  /** Over the skipped steps. */
  readonly mean: number;
}

/** Closest first. */
export const meanErrors = ({ computed, errors }: ForecastErrors): readonly MeanError[] =>
  fillings
    .map(({ name, title }) => {
      const skipped = errors[name].filter((_, step) => !computed.includes(step));
      return { name, title, mean: skipped.reduce((sum, one) => sum + one, 0) / skipped.length };
    })
    .toSorted((a, b) => a.mean - b.mean);

/** What was compared, in two sentences. */
export const forecastsInWords = (products: ForecastProducts, choice: ForecastChoice): string => {
  const found = forecastErrorsOf(products, choice);
  const [closest, ...others] = meanErrors(found) as [MeanError, ...MeanError[]];
  const last = others.at(-1) as MeanError;
  const reuse = meanErrors(found).find(({ name }) => name === "reuse") as MeanError;
  const steps = found.errors.reuse.length;
  const skipped = steps - found.computed.length;
  const ends = `${closest.title} comes closest with a mean error of ${percent(closest.mean)}, ${last.title} is furthest off with ${percent(last.mean)}`;
  const rest = [closest, last].includes(reuse) ? "" : `; reuse has ${percent(reuse.mean)}`;
  return `${skipped} of ${steps} steps are skipped. ${ends}${rest}.`;
};
