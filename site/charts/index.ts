import type { Trace } from "diffusion-cache";
import { cacheMemory } from "./cache-memory.js";
import { decisionCounts } from "./decisions.js";
import { chartFigure } from "./figure.js";
import { comparisons } from "./reasons.js";
import { stepTime } from "./step-time.js";

const key = (mark: string, text: string): string => `<span class="dc-legend"><i data-mark="${mark}"></i>${text}</span>`;
const runs = key("uncached", "uncached") + key("cached", "cached");
const names = { compute: "computed", reuse: "reused", forecast: "forecast" } as const;
/** Of the decisions that occur. */
const decisionKey = ({ visits }: Trace): string =>
  (["compute", "reuse", "forecast"] as const)
    .filter((one) => visits.some(({ decision }) => decision === one))
    .map((one) => key(one, names[one]))
    .join("");

/** Draws the charts of a finished pair of runs. Loaded with the first chart, since it brings the plotting library. */
export const drawCharts = (place: HTMLElement, uncached: Trace, cached: Trace): void => {
  const compared = comparisons(cached);
  place.replaceChildren(
    chartFigure(stepTime(uncached, cached), runs),
    chartFigure(cacheMemory(cached)),
    chartFigure(decisionCounts(cached), decisionKey(cached)),
    ...(compared ? [chartFigure(compared, decisionKey(cached))] : []),
  );
};

/** The charts of what one run's trace holds by itself, each made when it is called for: a long trace takes its time. */
export const traceCharts = (trace: Trace): readonly (() => HTMLElement | "")[] => [
  () => chartFigure(cacheMemory(trace)),
  () => chartFigure(decisionCounts(trace), decisionKey(trace)),
  () => {
    const compared = comparisons(trace);
    return compared ? chartFigure(compared, decisionKey(trace)) : "";
  },
];
