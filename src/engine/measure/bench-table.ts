import { accept, aNumber, anObject, aSwitch, aText, both, fields, is, listOf, mapOf, oneOf } from "../expect.js";
import { inJson } from "../files/file-checks.js";
import { type Cells, csv, markdown } from "../files/tables.js";
import { type FurtherMeasures, furtherMeasures, inDigits, measuresIn, overClips } from "../metrics/measures.js";
import { median } from "../metrics/median.js";
import type { BenchReport, BenchRow } from "./bench-report.js";
import { isDisturbed } from "./disturbed.js";

/** A row as numbers: medians over its runs. Undefined where there is nothing to say. */
export interface BenchFigures extends FurtherMeasures {
  /** The row of the report that they are of. */
  readonly row: BenchRow;
  /** Wall time of a run. */
  readonly ms: number;
  /** Least of the runs. */
  readonly fastestMs: number;
  /** Most of the runs. */
  readonly slowestMs: number;
  /** Uncached time over time, of each pair of runs in turn. */
  readonly speedup: number;
  /** Of the worst pair. */
  readonly leastSpeedup: number;
  /** Of the best pair. */
  readonly mostSpeedup: number;
  /** Speed-up if what was not computed had cost nothing. */
  readonly ideal: number;
  /** Weights, activations, cache and workspace at the peak of a run. */
  readonly peakBytes: number;
  /** Kept features at the peak of a run. */
  readonly cacheBytes: number;
  /** In dB against the uncached clip of the same seed; infinite where they are equal. */
  readonly psnr: number;
  /** Against the same clip, −1 … 1; 1 is equal. */
  readonly ssim: number;
  /** Clips that show every word that was asked, and clips that could be read. */
  readonly asAsked: number;
  /** Clips that could be read; 0 where this model's cannot. */
  readonly read: number;
  /** Share of the decided evaluations that were not computed, 0 … 1; for cached rows. */
  readonly skipped: number | undefined;
  /** PSNR above that of the uncached row of fewer steps and the same time. */
  readonly gain: number | undefined;
}

const total = ({ bytes }: BenchRow): number => bytes.weights + bytes.activations + bytes.cache + bytes.workspace;

const aValue = is("a number", (value) => typeof value === "number"); // Infinity too: equal clips

const further = Object.fromEntries(furtherMeasures.map(({ name }) => [`${name}?`, aValue]));

const aRow = fields({
  kind: oneOf("uncached", "cached", "fewer-steps"),
  method: aText,
  options: both(anObject, inJson),
  steps: aNumber,
  sameTimeAs: listOf(aText),
  runs: listOf(
    fields({ ms: aValue, uncachedMs: aValue, ideal: aValue, skipped: aValue, psnr: aValue, ssim: aValue, ...further }),
  ),
  bytes: fields({ weights: aNumber, activations: aNumber, cache: aNumber, workspace: aNumber }),
});

const aReport = fields({
  model: fields({ name: aText }),
  backend: fields({ description: aText }),
  machine: aText,
  settings: fields({ prompt: aText, seed: aNumber, steps: aNumber, guidance: aNumber, repeats: aNumber }),
  complete: aSwitch,
  rows: listOf(aRow),
  leftOut: mapOf(aText),
});

const someFigures = listOf(
  fields({ row: aRow, ms: aValue, speedup: aValue, ideal: aValue, psnr: aValue, ssim: aValue, ...further }),
);

/** The rows of a report as numbers, in its order. */
export const benchFigures = (report: BenchReport): readonly BenchFigures[] => {
  accept("benchFigures", { report: [report, aReport] });
  const { rows } = report;
  const of = (row: BenchRow, field: "ms" | "psnr" | "ssim" | "ideal" | "skipped"): number =>
    median(row.runs.map((run) => run[field]));
  return rows.map((row) => {
    const times = row.runs.map(({ ms }) => ms);
    const gains = row.runs.map(({ ms, uncachedMs }) => uncachedMs / ms);
    const read = row.runs.flatMap(({ wrong }) => (wrong ? [wrong.length] : []));
    const rival = rows.find(({ kind, sameTimeAs }) => kind === "fewer-steps" && sameTimeAs.includes(row.method));
    return {
      row,
      ms: median(times),
      fastestMs: Math.min(...times),
      slowestMs: Math.max(...times),
      speedup: median(gains),
      leastSpeedup: Math.min(...gains),
      mostSpeedup: Math.max(...gains),
      ideal: of(row, "ideal"),
      peakBytes: total(row),
      cacheBytes: row.bytes.cache,
      psnr: of(row, "psnr"),
      ssim: of(row, "ssim"),
      ...overClips(row.runs, median),
      asAsked: read.filter((wrong) => wrong === 0).length,
      read: read.length,
      skipped: row.kind === "cached" ? of(row, "skipped") : undefined,
      gain: row.kind === "cached" && rival ? of(row, "psnr") - of(rival, "psnr") : undefined,
    };
  });
};

/** The fastest cached row that keeps a PSNR, in every run the words of the prompt, is faster than the uncached one, and was not disturbed. */
export const fastestAbove = (figures: readonly BenchFigures[], psnr: number): BenchFigures | undefined => {
  accept("fastestAbove", { figures: [figures, someFigures], psnr: [psnr, aValue] });
  return figures
    .filter(({ row, speedup, ideal }) => row.kind === "cached" && speedup > 1 && !isDisturbed(speedup, ideal))
    .filter((one) => one.psnr >= psnr && one.asAsked === one.read)
    .toSorted((a, b) => b.speedup - a.speedup)[0];
};

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);
const decibels = (psnr: number): string => (Number.isFinite(psnr) ? psnr.toFixed(1) : "∞");

const printed = (one: BenchFigures, found: typeof furtherMeasures): Cells => ({
  method: one.row.method,
  options: one.row.kind === "cached" ? JSON.stringify(one.row.options) : "",
  steps: one.row.steps,
  "time ms": Math.round(one.ms),
  "min–max ms": `${Math.round(one.fastestMs)}–${Math.round(one.slowestMs)}`,
  "speed-up": isDisturbed(one.speedup, one.ideal) ? "disturbed" : one.speedup.toFixed(2),
  "ideal speed-up": one.ideal.toFixed(2),
  "not computed": one.skipped === undefined ? "" : `${(100 * one.skipped).toFixed(0)} %`,
  "peak MiB": mebibytes(one.peakBytes),
  "cache MiB": mebibytes(one.cacheBytes),
  "PSNR dB": decibels(one.psnr),
  SSIM: one.ssim.toFixed(4),
  ...Object.fromEntries(found.map((measure) => [measure.title, inDigits(one[measure.name], measure)])),
  "as asked": one.read > 0 ? `${one.asAsked} of ${one.read}` : "",
  "dB above fewer steps": one.gain === undefined ? "" : decibels(one.gain),
});

/** One line that says what a table was measured on and how. */
export const benchCaption = (report: BenchReport): string => {
  accept("benchCaption", { report: [report, aReport] });
  const { model, machine, backend, settings, complete } = report;
  return (
    `${model.name}, ${backend.description}, ${machine}; “${settings.prompt}”, ${settings.steps} steps, guidance ${settings.guidance}; ` +
    `median of ${settings.repeats} run${settings.repeats === 1 ? "" : "s"} with the seeds from ${settings.seed}, each beside an uncached one` +
    `${complete ? "" : "; stopped before its end"}.`
  );
};

/** The table for people: GitHub Markdown, rows in the given order. */
export const benchMarkdown = (report: BenchReport, figures = benchFigures(report)): string => {
  accept("benchMarkdown", { report: [report, aReport], figures: [figures, someFigures] });
  return [
    markdown(figures.map((one) => printed(one, measuresIn(figures)))),
    "",
    benchCaption(report),
    ...Object.entries(report.leftOut).map(([name, why]) => `Left out: ${name}: ${why}`),
  ].join("\n");
};

const plain = (value: number | undefined): string | number =>
  value === undefined ? "" : Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf";

/** The table for programs: RFC 4180, plain numbers with their unit in the head, "inf" for equal clips. */
export const benchCsv = (report: BenchReport, figures = benchFigures(report)): string => {
  accept("benchCsv", { report: [report, aReport], figures: [figures, someFigures] });
  return csv(
    figures.map((one) => ({
      kind: one.row.kind,
      method: one.row.method,
      options: JSON.stringify(one.row.options),
      steps: one.row.steps,
      runs: one.row.runs.length,
      time_ms: one.ms,
      fastest_ms: one.fastestMs,
      slowest_ms: one.slowestMs,
      speedup: one.speedup,
      ideal_speedup: one.ideal,
      skipped_share: plain(one.skipped),
      peak_bytes: one.peakBytes,
      cache_bytes: one.cacheBytes,
      psnr_db: plain(one.psnr),
      ssim: one.ssim,
      ...Object.fromEntries(furtherMeasures.map(({ name, column }) => [column, plain(one[name])])),
      as_asked: one.asAsked,
      clips_read: one.read,
      psnr_above_fewer_steps_db: plain(one.gain),
      model: report.model.name,
      backend: report.backend.description,
      machine: report.machine,
    })),
  );
};
