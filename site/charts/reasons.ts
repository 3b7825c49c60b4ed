import * as Plot from "@observablehq/plot";
import { differenceSummary, type Trace } from "diffusion-cache";
import { type Chart, colours, looks, stepAxis } from "./chart.js";
import { decisionLegend } from "./decisions.js";

interface Point {
  readonly step: number;
  readonly branch: "cond" | "uncond";
  readonly value: number;
  readonly threshold: number;
  readonly decision: "compute" | "reuse" | "forecast";
}

/** More dots than a picture can show apart, and rows than anybody reads. */
const mostPoints = 4000;

/** The visits whose method noted a number and the threshold that it was compared with. */
const pointsOf = ({ visits }: Trace): readonly Point[] =>
  visits.flatMap(({ step, branch, decision, reasons }) => {
    const { threshold } = reasons ?? {};
    const value = reasons?.difference ?? reasons?.accumulated;
    if (typeof value !== "number" || typeof threshold !== "number") return [];
    return [{ step: step + 1, branch, value, threshold, decision }];
  });

const digits = (value: number): string => value.toPrecision(3);

/** Where the quarters of the differences end: a threshold there would have reused about that share of them. */
const quarters = (trace: Trace): string =>
  differenceSummary(trace)
    .map(
      ({ method, count, p25, p50, p75 }) =>
        ` Of ${count} differences that ${method} compared, a quarter lie below ${digits(p25)}, half below ${digits(p50)}, three quarters below ${digits(p75)}.`,
    )
    .join("");

/** What a method compared with its threshold, step by step; undefined for one that compares nothing. */
export const comparisons = (cached: Trace): Chart | undefined => {
  const all = pointsOf(cached);
  const [first] = all;
  if (!first) return undefined;
  const most = Math.min(
    4 * first.threshold || Number.POSITIVE_INFINITY,
    all.reduce((most, { value }) => Math.max(most, value), first.threshold),
  );
  const every = Math.ceil(all.length / mostPoints);
  const points = all.filter((_, at) => at % every === 0);
  const left = every > 1 ? ` Of ${all.length} comparisons every ${every}th is shown.` : "";
  return {
    title: "What was compared with the threshold",
    description: `Dots over the denoising steps, coloured by decision: the number that decided, filled for the pass with the text, hollow for the one without. The dashed line is the threshold; what lies above four times it is drawn at the upper edge.${left}${quarters(cached)}`,
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        x: { ...stepAxis(cached.steps), domain: [1, cached.steps] },
        y: { label: "↑ compared", grid: true, domain: [0, most], clamp: true },
        marks: [
          Plot.ruleY([first.threshold], { stroke: "var(--sl-color-gray-2)", strokeDasharray: "5 3" }),
          Plot.dot(points, {
            x: "step",
            y: "value",
            r: 4,
            strokeWidth: 2,
            stroke: ({ decision }: Point) => colours[decision],
            fill: ({ branch, decision }: Point) => (branch === "cond" ? colours[decision] : "transparent"),
            title: ({ step, branch, value, decision }: Point) =>
              `Step ${step}, ${branch}: ${digits(value)}, ${{ compute: "computed", reuse: "reused", forecast: "forecast" }[decision]}`,
          }),
          Plot.ruleY([0]),
        ],
      }),
    legend: decisionLegend(cached),
    columns: ["Step", "Branch", "Compared", "Threshold", "Decision"],
    rows: points.map(({ step, branch, value, threshold, decision }) => [
      step,
      branch,
      digits(value),
      digits(threshold),
      decision,
    ]),
  };
};
