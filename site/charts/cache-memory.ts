import * as Plot from "@observablehq/plot";
import type { Trace } from "diffusion-cache";
import { type Chart, colours, looks, stepAxis } from "./chart.js";

/** Bytes of kept features at the end of each step of the cached run. */
export const cacheMemory = (cached: Trace): Chart => {
  const [unit, size] =
    Math.max(...cached.stepCacheBytes) < 2 ** 20 ? (["KiB", 2 ** 10] as const) : (["MiB", 2 ** 20] as const);
  const points = cached.stepCacheBytes.map((bytes, step) => ({ step: step + 1, kept: bytes / size }));
  return {
    title: "Cache memory per step",
    description: "An area over the denoising steps: the memory of what the cached run keeps after each step.",
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        x: stepAxis(cached.steps),
        y: { label: `↑ kept features (${unit})`, grid: true, zero: true },
        marks: [
          Plot.areaY(points, { x: "step", y: "kept", fill: colours.cached, fillOpacity: 0.25, curve: "step" }),
          Plot.lineY(points, { x: "step", y: "kept", stroke: colours.cached, strokeWidth: 2, curve: "step" }),
        ],
      }),
    columns: ["Step", "Kept after it (bytes)"],
    rows: cached.stepCacheBytes.map((bytes, step) => [step + 1, bytes]),
  };
};
