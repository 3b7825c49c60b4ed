import { accept } from "../expect.js";
import type { Trace } from "./trace.js";
import { aTrace } from "./trace-from-json.js";

/** How the differences that one method compared with its threshold are distributed. */
export interface DifferenceSummary {
  /** Its name. */
  readonly method: string;
  /** Visits in which it noted one. */
  readonly count: number;
  /** The smallest. */
  readonly min: number;
  /** A quarter of them lie below. */
  readonly p25: number;
  /** The median. */
  readonly p50: number;
  /** Three quarters of them lie below. */
  readonly p75: number;
  /** 95 % of them lie below. */
  readonly p95: number;
  /** The largest. */
  readonly max: number;
}

/** Linear between neighbours, as numpy.percentile; `sorted` is not empty. */
const percentile = (sorted: readonly number[], share: number): number => {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return below + (above - below) * (place - Math.floor(place));
};

/**
 * Percentiles of the differences that a run met, a row per method that notes one, as cache-dit's `summary()` prints them:
 * a threshold between two of them reuses about that share of the compared steps.
 */
export const differenceSummary = (trace: Trace): readonly DifferenceSummary[] => {
  accept("differenceSummary", { trace: [trace, aTrace] });
  const met = trace.visits.flatMap(({ method, reasons }) =>
    typeof reasons?.difference === "number" && Number.isFinite(reasons.difference)
      ? [{ method, difference: reasons.difference }]
      : [],
  );
  return [...new Set(met.map(({ method }) => method))].map((method) => {
    const sorted = met
      .filter((one) => one.method === method)
      .map(({ difference }) => difference)
      .toSorted((a, b) => a - b);
    const at = (share: number): number => percentile(sorted, share);
    return {
      ...{ method, count: sorted.length, min: at(0), p25: at(0.25) },
      ...{ p50: at(0.5), p75: at(0.75), p95: at(0.95), max: at(1) },
    };
  });
};
