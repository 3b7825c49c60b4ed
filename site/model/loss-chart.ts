import * as Plot from "@observablehq/plot";
import { type Chart, colours, looks } from "../charts/chart.js";
import type { LossPoint } from "./training.js";

/** The loss of a training run over the clips seen. */
export const lossChart = (points: readonly LossPoint[]): Chart => ({
  title: "Training loss",
  description: "A line that falls: the loss over the clips seen, on a logarithmic scale.",
  draw: (width) =>
    Plot.plot({
      ...looks,
      width,
      x: { label: "clips seen →", ticks: Math.max(3, Math.floor(width / 120)), tickFormat: "~s" },
      y: { label: "↑ loss", type: "log", grid: true, ticks: 4, tickFormat: "~g" },
      marks: [Plot.lineY(points, { x: "clips", y: "loss", stroke: colours.cached, strokeWidth: 2 })],
    }),
  columns: ["Clips", "Loss"],
  rows: points.map(({ clips, loss }) => [clips, loss.toFixed(4)]),
});
