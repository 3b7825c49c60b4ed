import { type BenchFigures, isDisturbed, type Measure } from "diffusion-cache";
import { headOf, helpOf, inDigits } from "../measures/measure-words.js";
import { inMemory, inTime } from "../page/bytes.js";

/** A column of the table of methods: what it says, sorts by and calls the best. */
export interface Column {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  /** What it sorts by; undefined goes to the end. */
  readonly value: (figures: BenchFigures) => number | string | undefined;
  readonly text: (figures: BenchFigures) => string;
  /** Smaller print under it. */
  readonly below?: (figures: BenchFigures) => string;
  readonly best?: "high" | "low";
}

const sameTo = (low: string, high: string): string => (low === high ? "" : `${low}–${high}`);

/** "441–457 ms": a unit that both have stands once. */
const timesTo = (low: string, high: string): string => {
  const [figure, unit] = low.split(" ");
  return sameTo(low !== high && unit === high.split(" ")[1] ? (figure as string) : low, high);
};
const decibels = (psnr: number): string => (Number.isFinite(psnr) ? psnr.toFixed(1) : "equal");

const measured = (measure: Measure): Column => ({
  key: "measure",
  label: headOf(measure),
  help: `${helpOf(measure)}; median`,
  value: (figures) => figures[measure.name],
  text: (figures) => inDigits(figures[measure.name], measure),
  best: measure.better,
});

/** @param measure the one beside PSNR */
export const columnsWith = (measure: Measure): readonly Column[] => [
  {
    key: "method",
    label: "Method",
    help: "A caching method with its settings, the uncached run, or uncached runs of fewer steps",
    value: ({ row }) => row.method,
    text: ({ row }) => row.method,
  },
  {
    key: "speedup",
    label: "Speed-up",
    help: "Uncached time over time, median of pairs of runs in turn; below it the least and the most. The line in the bar is the ideal; more than it is called disturbed",
    value: ({ speedup, ideal }) => (isDisturbed(speedup, ideal) ? undefined : speedup),
    text: ({ speedup, ideal }) => (isDisturbed(speedup, ideal) ? "disturbed" : speedup.toFixed(2)),
    below: ({ leastSpeedup, mostSpeedup }) => sameTo(leastSpeedup.toFixed(2), mostSpeedup.toFixed(2)),
    best: "high",
  },
  {
    key: "ideal",
    label: "Ideal",
    help: "Speed-up if what was not computed had cost nothing, from the measured time of each sub-layer",
    value: ({ ideal }) => ideal,
    text: ({ ideal }) => ideal.toFixed(2),
  },
  {
    key: "time",
    label: "Time",
    help: "First step to last, without loading and compiling; median, below it the least and the most",
    value: ({ ms }) => ms,
    text: ({ ms }) => inTime(ms),
    below: ({ fastestMs, slowestMs }) => timesTo(inTime(fastestMs), inTime(slowestMs)),
    best: "low",
  },
  {
    key: "psnr",
    label: "PSNR, dB",
    help: "Against the uncached clip of the same seed, higher is closer; median",
    value: ({ psnr }) => psnr,
    text: ({ psnr }) => decibels(psnr),
    best: "high",
  },
  measured(measure),
  {
    key: "gain",
    label: "Over fewer steps",
    help: "PSNR, in dB, above that of an uncached run of fewer steps that takes the same time. Below zero, fewer steps are the better choice here",
    value: ({ gain }) => gain,
    text: ({ gain }) =>
      gain === undefined ? "" : Number.isFinite(gain) ? `${gain > 0 ? "+" : "−"}${Math.abs(gain).toFixed(1)}` : "equal",
    best: "high",
  },
  {
    key: "asked",
    label: "As asked",
    help: "Clips that show colour, size, shape, motion and background of the prompt, read from their pixels",
    value: ({ asAsked, read }) => (read > 0 ? asAsked / read : undefined),
    text: ({ asAsked, read }) => (read > 0 ? `${asAsked} of ${read}` : "–"),
  },
  {
    key: "skipped",
    label: "Skipped",
    help: "Share of the evaluations that the method decides about which were reused or forecast",
    value: ({ skipped }) => skipped,
    text: ({ skipped }) => (skipped === undefined ? "" : `${Math.round(100 * skipped)} %`),
  },
  {
    key: "cache",
    label: "Cache",
    help: "Kept features at their peak",
    value: ({ row, cacheBytes }) => (row.kind === "cached" ? cacheBytes : undefined),
    text: ({ row, cacheBytes }) => (row.kind === "cached" ? inMemory(cacheBytes) : ""),
    best: "low",
  },
  {
    key: "peak",
    label: "Peak",
    help: "Peak memory: weights, activations, cache and workspace at the peak of a run. On WebAssembly each graph that a method needs has its own copy of its weights",
    value: ({ peakBytes }) => peakBytes,
    text: ({ peakBytes }) => inMemory(peakBytes),
  },
];

export interface Sorting {
  readonly key: string;
  readonly order: "ascending" | "descending";
}

/** What a press on a column's head asks for: first the better end first, then the other way round. */
export const nextSorting = ({ key, best }: Column, now: Sorting): Sorting => {
  const first = best === "low" || key === "method" ? "ascending" : "descending";
  if (now.key !== key) return { key, order: first };
  return { key, order: now.order === "ascending" ? "descending" : "ascending" };
};

/** Rows in the order of a column; those without a value last, whichever way. */
export const sorted = (
  figures: readonly BenchFigures[],
  { key, order }: Sorting,
  columns: readonly Column[],
): readonly BenchFigures[] => {
  const value = columns.find((column) => column.key === key)?.value ?? (() => undefined);
  const sign = order === "ascending" ? 1 : -1;
  return figures.toSorted((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === "string" || typeof b === "string") return sign * String(a).localeCompare(String(b), "en");
    return a === b ? 0 : sign * (a < b ? -1 : 1);
  });
};
