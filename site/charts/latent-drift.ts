import * as Plot from "@observablehq/plot";
import type { LatentDrift } from "diffusion-cache";
import { type Chart, colours, looks, stepAxis } from "./chart.js";

/** How far the cached run's latents are from the uncached ones, after each step. */
export const latentDriftChart = ({ l1, l2 }: LatentDrift): Chart => ({
  title: "Drift of the latents per step",
  description:
    "A line over the denoising steps: the distance of the cached latents from the uncached ones, relative to these.",
  draw: (width) =>
    Plot.plot({
      ...looks,
      width,
      x: stepAxis(l2.length),
      y: { label: "↑ ‖z − z₀‖ / ‖z₀‖", grid: true, zero: true },
      marks: [
        Plot.lineY(
          l2.map((drift, at) => ({ step: at + 1, drift })),
          { x: "step", y: "drift", stroke: colours.cached, strokeWidth: 2, marker: "dot" },
        ),
      ],
    }),
  columns: ["Step", "Relative L2", "Relative L1"],
  rows: l2.map((drift, at) => [at + 1, drift.toPrecision(3), (l1[at] ?? 0).toPrecision(3)]),
});
