import { accept, fields, is } from "../expect.js";
import { markdown } from "../files/tables.js";
import { furtherMeasures, inDigits } from "../metrics/measures.js";
import { aQualityReport, type QualityReport, qualityFigures, type Spread } from "./quality-report.js";

const aValue = is("a number", (value) => typeof value === "number");

const decibels = (psnr: number): string => (Number.isFinite(psnr) ? psnr.toFixed(1) : "equal");

/** "54.0 (32.8–63.6)": median, least and most in dB. */
export const spreadInWords = (spread: Spread): string => {
  accept("spreadInWords", { spread: [spread, fields({ median: aValue, least: aValue, most: aValue })] });
  const { median, least, most } = spread;
  return Number.isFinite(median) ? `${decibels(median)} (${decibels(least)}–${decibels(most)})` : decibels(median);
};

const signed = (gain: number | undefined): string =>
  gain === undefined ? "" : `${gain < 0 ? "−" : "+"}${Math.abs(gain).toFixed(1)}`;

/** One sentence that says what a table compares, and on what. */
export const qualityCaption = (report: QualityReport): string => {
  accept("qualityCaption", { report: [report, aQualityReport] });
  const { model, steps, guidance, clips, rows } = report;
  const further = rows.some((row) => furtherMeasures.some(({ name }) => row[name] !== undefined));
  return (
    `PSNR in dB against the uncached clip of the same prompt and seed: median (least–most) of ${clips.length} prompts, seeds ` +
    `${clips[0]?.seed} to ${clips.at(-1)?.seed}; ${model}, ${steps} steps, guidance ${guidance}. Each method is beside ` +
    "uncached runs that evaluate the network at least as often: fewer steps, spaced by the scheduler, and the same steps with " +
    `the whole prediction reused.${further ? " Other measures are medians against the same clips." : ""}`
  );
};

/** The table for people: GitHub Markdown, least evaluations first. */
export const qualityMarkdown = (report: QualityReport): string => {
  const figures = qualityFigures(report);
  const found = furtherMeasures.filter(({ name }) => figures.some(({ further }) => further[name]));
  return [
    markdown(
      figures
        .toSorted((a, b) => a.evaluations - b.evaluations)
        .map(({ row, evaluations, psnr, further, fewer, reused, aboveFewer, aboveReused }) => ({
          method: row.method,
          options: JSON.stringify(row.options),
          evaluations: evaluations.toFixed(1),
          PSNR: spreadInWords(psnr),
          "fewer steps": fewer ? spreadInWords(fewer) : "",
          "prediction reused": reused ? spreadInWords(reused) : "",
          "above fewer": signed(aboveFewer),
          "above reused": signed(aboveReused),
          ...Object.fromEntries(
            found.map((measure) => [measure.title, inDigits(further[measure.name]?.median, measure)]),
          ),
          "cache KiB": (row.cacheBytes / 1024).toFixed(0),
        })),
    ),
    "",
    qualityCaption(report),
    ...Object.entries(report.leftOut).map(([name, why]) => `Left out: ${name}: ${why}`),
  ].join("\n");
};
