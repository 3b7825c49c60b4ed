import * as Plot from "@observablehq/plot";
import type { Trace } from "diffusion-cache";
import { type Chart, colours, type LegendKey, looks } from "./chart.js";

const kinds = ["compute", "reuse", "forecast"] as const;
const names = { compute: "computed", reuse: "reused", forecast: "forecast" } as const;

/** Of the decisions that occur. */
export const decisionLegend = ({ visits }: Trace): readonly LegendKey[] =>
  kinds
    .filter((kind) => visits.some(({ decision }) => decision === kind))
    .map((kind) => ({ text: names[kind], colour: colours[kind] }));

/** How many of the sites that a method decides about were computed, reused and forecast in each step. */
export const decisionCounts = (cached: Trace): Chart => {
  const counts = cached.stepMs.map(() => kinds.map(() => 0));
  for (const { step, decision } of cached.visits) {
    const count = counts[step];
    const at = kinds.indexOf(decision);
    if (count) count[at] = (count[at] ?? 0) + 1;
  }
  const used = kinds.filter((_, at) => counts.some((count) => (count[at] ?? 0) > 0));
  const bars = counts.flatMap((count, step) =>
    used.map((kind) => ({ step: step + 1, kind, visits: count[kinds.indexOf(kind)] ?? 0 })),
  );
  const most = Math.max(...counts.map((count) => count.reduce((sum, one) => sum + one, 0)));
  /** Labels of 25 pixels do not touch. */
  const every = (width: number): number => [1, 2, 5, 10, 25, 50].find((n) => (width * n) / cached.steps > 25) ?? 100;
  return {
    title: "Decisions per step",
    description:
      "Stacked bars over the denoising steps: evaluations of cached sites that were computed and reused, both guidance branches together.", // prettier-ignore
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        x: {
          label: "denoising step →",
          type: "band",
          tickFormat: (step: number) => (step % every(width) === 0 || step === 1 ? String(step) : ""),
        }, // prettier-ignore
        y: { label: "↑ evaluations", grid: true, ticks: Math.min(5, most), tickFormat: "d" },
        marks: [
          Plot.barY(bars, {
            x: "step",
            y: "visits",
            fill: ({ kind }: { kind: (typeof kinds)[number] }) => colours[kind],
            order: ["compute", "reuse", "forecast"],
            z: "kind",
            title: ({ step, kind, visits }) => `Step ${step}: ${visits} ${names[kind as (typeof kinds)[number]]}`,
          }),
          Plot.ruleY([0]),
        ],
      }),
    legend: decisionLegend(cached),
    columns: ["Step", ...used.map((kind) => `${names[kind]} (evaluations)`)],
    rows: counts.map((count, step) => [step + 1, ...used.map((kind) => count[kinds.indexOf(kind)] ?? 0)]),
  };
};
