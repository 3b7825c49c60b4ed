import * as Plot from "@observablehq/plot";
import { type Chart, colours, looks } from "../charts/chart.js";
import { type ComparedClip, inWords, ownMeasures } from "./compare-exports.js";

type OwnMeasure = (typeof ownMeasures)[number];

/** One measure of a clip over its frames; a frame equal to the reference's has no PSNR to draw. */
export const frameChart = ({ name, frames }: ComparedClip, measure: OwnMeasure): Chart => ({
  title: `${measure.title} per frame`,
  description: `${name}: ${measure.help}.`,
  draw: (width) =>
    Plot.plot({
      ...looks,
      width,
      x: { label: "frame →", interval: 1, ticks: Math.min(10, frames.length), tickFormat: "d" },
      y: { label: `↑ ${measure.title}${measure.unit && `, ${measure.unit}`}`, grid: true },
      marks: [
        Plot.lineY(
          frames.flatMap((frame, at) => {
            const value = frame[measure.name];
            return value === undefined || !Number.isFinite(value) ? [] : [{ frame: at + 1, value }];
          }),
          { x: "frame", y: "value", stroke: colours.cached, strokeWidth: 2, marker: "dot" },
        ),
      ],
    }),
  columns: ["Frame", ...ownMeasures.map(({ title, unit }) => (unit ? `${title}, ${unit}` : title))],
  rows: frames.map((frame, at) => [
    at + 1,
    ...ownMeasures.map(({ name, digits }) => inWords(frame[name], { digits, unit: "" })),
  ]),
});
