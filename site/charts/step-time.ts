import * as Plot from "@observablehq/plot";
import type { Trace } from "diffusion-cache";
import { type Chart, colours, looks, stepAxis } from "./chart.js";

/** Wall time of each denoising step, uncached and cached. */
export const stepTime = (uncached: Trace, cached: Trace): Chart => {
  const points = [uncached, cached].flatMap(({ stepMs }, at) =>
    stepMs.map((ms, step) => ({ step: step + 1, ms, run: at === 0 ? "uncached" : "cached" }) as const),
  );
  const probed = cached.stepProbeMs?.some((ms) => ms > 0) ?? false;
  const of = (run: string) => points.filter((point) => point.run === run);
  return {
    title: "Time per step",
    description: "Two lines over the denoising steps: milliseconds of each step of the uncached and of the cached run.",
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        x: stepAxis(uncached.steps),
        y: { label: "↑ time (ms)", grid: true, zero: true },
        marks: (["uncached", "cached"] as const).flatMap((run) => [
          Plot.lineY(of(run), {
            x: "step",
            y: "ms",
            stroke: colours[run],
            strokeWidth: 2,
            strokeDasharray: run === "uncached" ? "5 3" : "none",
          }), // prettier-ignore
          Plot.dot(of(run), {
            x: "step",
            y: "ms",
            fill: colours[run],
            r: 2.5,
            title: ({ step, ms }) => `${run}, step ${step}: ${ms.toFixed(1)} ms`,
          }), // prettier-ignore
        ]),
      }),
    legend: [
      { text: "uncached", colour: colours.uncached },
      { text: "cached", colour: colours.cached },
    ],
    columns: ["Step", "Uncached (ms)", "Cached (ms)", ...(probed ? ["of it reading probes"] : [])],
    rows: uncached.stepMs.map((ms, step) => [
      step + 1,
      ms.toFixed(1),
      (cached.stepMs[step] ?? Number.NaN).toFixed(1),
      ...(probed ? [(cached.stepProbeMs?.[step] ?? Number.NaN).toFixed(2)] : []),
    ]),
  };
};
