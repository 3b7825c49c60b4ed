import * as Plot from "@observablehq/plot";
import type { Calibration, SiteKind } from "diffusion-cache";
import { type Chart, colours, kindColours, type LegendKey, looks, seriesColours } from "../charts/chart.js";
import { kindNames } from "../grid/grid-rows.js";

/** What is drawn of a calibration. */
export type DrawnCalibration = Pick<Calibration, "magcache" | "teacache"> & Partial<Pick<Calibration, "smoothcache">>;

/** Of the site's models, by their names. */
export type Calibrations = Readonly<Record<string, DrawnCalibration>>;

type Errors = Calibration["smoothcache"]["errors"];

interface Point {
  readonly line: string;
  readonly x: number;
  readonly y: number;
}

const lineChart = (
  { title, description, x, y }: Pick<Chart, "title" | "description"> & { readonly x: string; readonly y: string },
  lines: readonly LegendKey[],
  points: readonly Point[],
): Chart => ({
  title,
  description,
  draw: (width) =>
    Plot.plot({
      ...looks,
      width,
      x: { label: `${x} →`, ticks: Math.max(3, Math.floor(width / 90)) },
      y: { label: `↑ ${y}`, grid: true, ticks: 4 },
      color: { domain: lines.map(({ text }) => text), range: lines.map(({ colour }) => colour) },
      marks: [
        Plot.lineY(points, { x: "x", y: "y", stroke: "line", strokeWidth: 2 }),
        Plot.dot(points, { x: "x", y: "y", fill: "line", r: 1.8 }),
      ],
    }),
  legend: lines,
  columns: ["Line", x, y],
  rows: points.map((point) => [point.line, point.x, Number(point.y.toPrecision(4))]),
});

/** A line for each model. */
const modelLines = (all: Calibrations): readonly LegendKey[] =>
  Object.keys(all).map((text, at) => ({ text, colour: seriesColours[at % seriesColours.length] as string }));

/** Numbers of successive steps as points; readers count steps from 1. */
const overSteps = (line: string, numbers: readonly number[]): readonly Point[] =>
  numbers.map((y, step) => ({ line, x: step + 1, y }));

export const ratioChart = (all: Calibrations): Chart =>
  lineChart(
    {
      title: "MagCache: ratios",
      description: "The residual of the blocks against that of the step before. Near 1, a reused residual fits.",
      x: "denoising step",
      y: "ratio",
    },
    modelLines(all),
    Object.entries(all).flatMap(([line, { magcache }]) => overSteps(line, magcache.magRatios)),
  );

/** Changes at which the polynomial is drawn. */
const changes = Array.from({ length: 31 }, (_, at) => at / 100);

export const polynomialChart = (all: Calibrations): Chart =>
  lineChart(
    {
      title: "TeaCache: polynomials",
      description: "From the change of what enters the first block to the expected change of what leaves the last.",
      x: "change of the input",
      y: "expected change",
    },
    modelLines(all),
    Object.entries(all).flatMap(([line, { teacache }]) =>
      changes.map((x) => ({ line, x, y: teacache.coefficients.reduce((sum, one) => sum * x + one, 0) })),
    ),
  );

const kindName = (kind: string): string => kindNames[kind as SiteKind];

/** A line for each kind of sub-layer in a calibration. */
const kindLines = (errors: Errors): readonly LegendKey[] =>
  Object.keys(errors).map((kind) => ({
    text: kindName(kind),
    colour: kindColours[kind] ?? colours.uncached,
  }));

export const errorChart = (errors: Errors, model: string): Chart =>
  lineChart(
    {
      title: `SmoothCache: errors of ${model}`,
      description: "How far the outputs of each kind of sub-layer are from those of the next step.",
      x: "denoising step",
      y: "relative change",
    },
    kindLines(errors),
    Object.entries(errors).flatMap(([kind, [next = []]]) => overSteps(kindName(kind), next)),
  );
