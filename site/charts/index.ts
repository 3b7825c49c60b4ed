import type { Trace } from "diffusion-cache";
import { cacheMemory } from "./cache-memory.js";
import type { Chart } from "./chart.js";
import { decisionCounts } from "./decisions.js";
import { comparisons } from "./reasons.js";
import { stepTime } from "./step-time.js";

// Loaded with the first chart, since it brings the plotting library.

/** The charts of a finished pair of runs. */
export const runCharts = (uncached: Trace, cached: Trace): readonly Chart[] => [
  stepTime(uncached, cached),
  ...traceCharts(cached).flatMap((make) => make() ?? []),
];

/** The charts of what one run's trace holds by itself, each made when it is called for: a long trace takes its time. */
export const traceCharts = (trace: Trace): readonly (() => Chart | undefined)[] => [
  () => cacheMemory(trace),
  () => decisionCounts(trace),
  () => comparisons(trace),
];
