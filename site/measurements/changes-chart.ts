import * as Plot from "@observablehq/plot";
import type { Changes } from "diffusion-cache";
import { type Chart, kindColours, looks, stepAxis } from "../charts/chart.js";
import { changeCurves } from "./change-curves.js";
import { percent } from "./shares.js";
import { kindLegend } from "./shares-chart.js";

/** Opacity of a change on a logarithmic scale: 1 % is almost nothing, 100 % is full. */
const opacity = (change: number): number => Math.min(1, Math.max(0.03, 1 + Math.log10(change) / 2));

const shortName = (label: string): string => label.replace(" attention", "").replace("-attention", "");

/** Every layer a row, every step a cell: the darker, the further its output moved since the step before. */
const heatMap = (changes: Changes): Chart => {
  const curves = changeCurves(changes);
  const cells = curves.flatMap(({ kind, label, layers }) =>
    layers.flatMap(({ change }, layer) =>
      change.map((value, at) => ({ row: `${label} ${layer + 1}`, kind, step: at + 2, value })),
    ),
  );
  // An empty row apart, so that the kinds stand apart.
  const rows = curves.flatMap(({ label, layers }) => [
    ...layers.map((_, at) => `${label} ${at + 1}`),
    `after ${label}`,
  ]);
  const first = new Map(curves.map(({ label }) => [`${label} 1`, label]));
  const steps = changes.timesteps.length;
  return {
    title: "Change of every layer from the step before",
    description:
      "A heat map: a row for each layer, the first layer on top within its kind; a column for each denoising step. The stronger the colour, the more the output changed.",
    draw: (width) => {
      const narrow = width < 520;
      return Plot.plot({
        ...looks,
        width,
        height: 14 * rows.length + 56,
        marginTop: 6,
        marginBottom: 46,
        marginLeft: narrow ? 84 : 128,
        marginRight: 4,
        x: {
          type: "band",
          label: "denoising step →",
          padding: 0.06,
          tickFormat: (step: number) => (step % (narrow ? 5 : 2) === 0 ? String(step) : ""),
          tickSize: 0,
        },
        y: {
          type: "band",
          domain: rows.slice(0, -1),
          label: null,
          padding: 0.08,
          tickSize: 0,
          tickFormat: (row: string) => (narrow ? shortName(first.get(row) ?? "") : (first.get(row) ?? "")),
        },
        opacity: { type: "identity" },
        marks: [
          Plot.cell(cells, {
            x: "step",
            y: "row",
            fill: ({ kind }: { kind: string }) => kindColours[kind] ?? "",
            fillOpacity: ({ value }: { value: number }) => opacity(value),
            title: ({ row, step, value }) => `${row}, step ${step}: ${percent(value)}`,
          }),
        ],
      });
    },
    legend: [
      { text: "1 %", colour: "color-mix(in srgb, var(--sl-color-white) 8%, transparent)" },
      { text: "10 %", colour: "color-mix(in srgb, var(--sl-color-white) 50%, transparent)" },
      { text: "100 %", colour: "var(--sl-color-white)" },
    ],
    columns: ["Layer", ...Array.from({ length: steps - 1 }, (_, at) => `Step ${at + 2}`)],
    rows: curves.flatMap(({ layers }) => layers.map(({ site, change }) => [site, ...change.map(percent)])),
  };
};

/** The same as a mean over the layers of each kind. */
const meanChange = (changes: Changes): Chart => {
  const curves = changeCurves(changes);
  const points = curves.flatMap(({ kind, label, mean }) =>
    mean.map((value, at) => ({ kind, label, step: at + 2, value: 100 * value })),
  );
  return {
    title: "Mean change by kind of layer",
    description:
      "A line for each kind of layer over the denoising steps, on a logarithmic scale: how much its output changed since the step before, mean over the layers.",
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        x: stepAxis(changes.timesteps.length),
        y: { label: "↑ change (%)", type: "log", grid: true, ticks: 4, tickFormat: "~r" },
        marks: [
          ...curves.map(({ kind }) =>
            Plot.lineY(
              points.filter((point) => point.kind === kind),
              { x: "step", y: "value", stroke: kindColours[kind] ?? "", strokeWidth: 2 },
            ),
          ),
          Plot.dot(points, {
            x: "step",
            y: "value",
            r: 2.5,
            fill: ({ kind }: { kind: string }) => kindColours[kind] ?? "",
            title: ({ label, step, value }) => `${label}, step ${step}: ${percent(value / 100)}`,
          }),
        ],
      }),
    legend: kindLegend(curves),
    columns: ["Step", ...curves.map(({ label }) => label)],
    rows: (curves[0]?.mean ?? []).map((_, at) => [at + 2, ...curves.map(({ mean }) => percent(mean[at] ?? 0))]),
  };
};

/** What `engine.changes` measured. */
export const changeCharts = (changes: Changes): readonly Chart[] => [heatMap(changes), meanChange(changes)];
