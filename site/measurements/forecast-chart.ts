import * as Plot from "@observablehq/plot";
import { fillings } from "diffusion-cache";
import { type Chart, fillingColours, looks } from "../charts/chart.js";
import { type ForecastChoice, forecastErrorsOf, meanErrors } from "./forecast-choice.js";
import type { ForecastProducts } from "./forecast-products.js";
import { percent } from "./shares.js";

/** The error of every forecast in every skipped step. */
const perStep = (products: ForecastProducts, choice: ForecastChoice): Chart => {
  const { computed, errors } = forecastErrorsOf(products, choice);
  const points = fillings.flatMap(({ name, title }) =>
    errors[name].flatMap((error, step) => (error > 0 ? [{ name, title, step: step + 1, error: 100 * error }] : [])),
  );
  return {
    title: "Error of each forecast, by step",
    description:
      "A line for each forecast over the skipped steps, on a logarithmic scale: how far the forecast is from the feature that the run computed, relative to its length. Vertical lines are computed steps.",
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        height: 300,
        x: {
          label: "denoising step →",
          domain: [1, errors.reuse.length],
          ticks: Math.min(10, errors.reuse.length),
          tickFormat: "d",
        },
        y: { label: "↑ error (%)", type: "log", grid: true, ticks: 4, tickFormat: "~r" },
        marks: [
          Plot.ruleX(computed, { x: (step: number) => step + 1, stroke: "var(--dc-line)" }),
          ...fillings.map(({ name }) =>
            Plot.lineY(
              points.filter((point) => point.name === name),
              { x: "step", y: "error", stroke: fillingColours[name], strokeWidth: 1.75 },
            ),
          ),
          Plot.dot(points, {
            x: "step",
            y: "error",
            r: 2.5,
            fill: ({ name }: { name: keyof typeof fillingColours }) => fillingColours[name],
            title: ({ title, step, error }) => `${title}, step ${step}: ${percent(error / 100)}`,
          }),
        ],
      }),
    legend: fillings.map(({ name, title }) => ({ text: title, colour: fillingColours[name] })),
    columns: ["Step", ...fillings.map(({ title }) => title)],
    rows: errors.reuse.flatMap((_, step) =>
      computed.includes(step) ? [] : [[step + 1, ...fillings.map(({ name }) => percent(errors[name][step] ?? 0))]],
    ),
  };
};

/** The same as a mean over the skipped steps. */
const overall = (products: ForecastProducts, choice: ForecastChoice): Chart => {
  const means = meanErrors(forecastErrorsOf(products, choice)).map((one) => ({ ...one, mean: 100 * one.mean }));
  return {
    title: "Mean error over the skipped steps",
    description: "A bar for each forecast, the closest on top.",
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        height: 24 * means.length + 52,
        marginLeft: 72,
        marginTop: 4,
        x: { label: "error (%) →", grid: true, ticks: Math.max(3, Math.floor(width / 90)) },
        y: { label: null, domain: means.map(({ title }) => title), tickSize: 0 },
        marks: [
          Plot.barX(means, {
            x: "mean",
            y: "title",
            fill: ({ name }: { name: keyof typeof fillingColours }) => fillingColours[name],
            title: ({ title, mean }) => `${title}: ${percent(mean / 100)}`,
          }),
        ],
      }),
    columns: ["Forecast", "Mean error"],
    rows: means.map(({ title, mean }) => [title, percent(mean / 100)]),
  };
};

export const forecastCharts = (products: ForecastProducts, choice: ForecastChoice): readonly Chart[] => [
  perStep(products, choice),
  overall(products, choice),
];
