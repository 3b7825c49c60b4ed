import * as Plot from "@observablehq/plot";
import type { Calibration, SiteKind } from "diffusion-cache";
import { kindNames } from "../client/grid-rows.js";
import { type Chart, colours, looks } from "./chart.js";

/** The calibrations of the site's models, by their names. */
export type Calibrations = Readonly<Record<string, Calibration>>;

interface Point {
  readonly line: string;
  readonly x: number;
  readonly y: number;
}

const strokes = [colours.cached, colours.forecast, colours.uncached, "var(--sl-color-accent-high)"];

const lineChart = (
  { title, description, x, y }: Pick<Chart, "title" | "description"> & { readonly x: string; readonly y: string },
  points: readonly Point[],
): Chart => {
  const names = [...new Set(points.map(({ line }) => line))];
  return {
    title,
    description,
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        ariaLabel: title,
        ariaDescription: description,
        x: { label: `${x} →`, ticks: Math.max(3, Math.floor(width / 90)) },
        y: { label: `↑ ${y}`, grid: true, ticks: 4 },
        color: { domain: names, range: strokes },
        marks: [
          Plot.lineY(points, { x: "x", y: "y", stroke: "line", strokeWidth: 2 }),
          Plot.dot(points, { x: "x", y: "y", fill: "line", r: 1.8 }),
        ],
      }),
    columns: ["Line", x, y],
    rows: points.map((point) => [point.line, point.x, Number(point.y.toPrecision(4))]),
  };
};

export const lineKey = (names: readonly string[]): string =>
  names.map((name, at) => `<span class="dc-legend"><i style="background: ${strokes[at]}"></i>${name}</span>`).join("");

export const ratioChart = (all: Calibrations): Chart =>
  lineChart(
    {
      title: "MagCache: ratios",
      description: "The residual of the blocks against that of the step before. Near 1, a reused residual fits.",
      x: "step",
      y: "ratio",
    },
    Object.entries(all).flatMap(([line, { magcache }]) => magcache.magRatios.map((y, x) => ({ line, x, y }))),
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
    Object.entries(all).flatMap(([line, { teacache }]) =>
      changes.map((x) => ({ line, x, y: teacache.coefficients.reduce((sum, one) => sum * x + one, 0) })),
    ),
  );

const kindName = (kind: string): string => kindNames[kind as SiteKind];

/** The kinds of sub-layers in a calibration, in words. */
export const kindsOf = ({ smoothcache }: Calibration): readonly string[] =>
  Object.keys(smoothcache.errors).map(kindName);

export const errorChart = ({ smoothcache }: Calibration, model: string): Chart =>
  lineChart(
    {
      title: `SmoothCache: errors of ${model}`,
      description: "How far the outputs of each kind of sub-layer are from those of the next step.",
      x: "step",
      y: "relative change",
    },
    Object.entries(smoothcache.errors).flatMap(([kind, [next = []]]) =>
      next.map((y, x) => ({ line: kindName(kind), x, y })),
    ),
  );
