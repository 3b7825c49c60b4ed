import { accept, aNumber, anObject, aText, both, fields, is, listOf, mapOf, wholeFrom } from "../expect.js";
import { type FileChecks, fileChecks, inJson } from "../files/file-checks.js";
import { type FurtherMeasures, furtherMeasures } from "../metrics/measures.js";
import { median } from "../metrics/median.js";

/**
 * Quality of one setting over many clips, or of an uncached rival of as many network evaluations. Further measures are there
 * where every clip has them; older files lack them.
 */
export interface QualityRow extends Readonly<Partial<Record<keyof FurtherMeasures, readonly number[]>>> {
  /**
   * "cached": a method; "fewer-steps": an uncached run of fewer steps, spaced by the scheduler; "reused": the same steps,
   * where a skipped one takes the whole guided prediction of the last computed one. Under a first-order sampler "reused" is
   * the uncached sampler on a subset of the same timesteps, so what a method gains on it is its own.
   */
  readonly kind: "cached" | "fewer-steps" | "reused";
  /** The method's name, or the kind's. */
  readonly method: string;
  /** As they were asked for, without the numbers of a calibration. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Network evaluations of each clip, in full steps: steps times the share of the network's operations that were made. */
  readonly evaluations: readonly number[];
  /** Of each clip in dB against the uncached one of the same seed, pixels in 0 … 1; infinite where equal. */
  readonly psnr: readonly number[];
  /** Of each clip, −1 … 1; 1 is equal. */
  readonly ssim: readonly number[];
  /** For each clip the number of words of the prompt that it reads otherwise; −1 where it cannot be read. */
  readonly wrong: readonly number[];
  /** At the peak of a run; 0 for rivals. */
  readonly cacheBytes: number;
}

/** What `diffusion-cache quality` writes: every method and both its rivals on the same clips. */
export interface QualityReport {
  readonly format: "diffusion-cache/quality";
  readonly version: 1;
  /** Version of this package. */
  readonly engine: string;
  /** The model's name. */
  readonly model: string;
  /** Denoising steps of the uncached reference. */
  readonly steps: number;
  /** Classifier-free guidance scale; 1 is none. */
  readonly guidance: number;
  /** What every row made, in this order. */
  readonly clips: readonly { readonly prompt: string; readonly seed: number }[];
  /** Cached rows in the order asked, then rivals. */
  readonly rows: readonly QualityRow[];
  /** Methods that have no row, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** A row as medians with the least and the most, beside its two rivals of as many evaluations. */
export interface QualityFigures {
  /** The row of the report that they are of. */
  readonly row: QualityRow;
  /** Median over the clips. */
  readonly evaluations: number;
  /** Over the clips, in dB. */
  readonly psnr: Spread;
  /** Over the clips, −1 … 1. */
  readonly ssim: Spread;
  /** Of the further measures that its clips have. */
  readonly further: Readonly<Partial<Record<keyof FurtherMeasures, Spread>>>;
  /** PSNR of the uncached run of as many steps; undefined where that is every step. */
  readonly fewer: Spread | undefined;
  /** PSNR of the same steps with the prediction reused; undefined where that is every step. */
  readonly reused: Spread | undefined;
  /** Median over the clips of what the row has above the rival of the same clip, in dB. */
  readonly aboveFewer: number | undefined;
  /** The same above the prediction reused. */
  readonly aboveReused: number | undefined;
}

/** Median, least and most. */
export interface Spread {
  /** The middle value. */
  readonly median: number;
  /** The smallest. */
  readonly least: number;
  /** The largest. */
  readonly most: number;
}

/** @param values at least one */
export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

/** Full steps of a rival that costs at least as much as the row; `steps` where nothing is skipped. */
export const rivalSteps = (evaluations: readonly number[], steps: number): number =>
  Math.min(steps, Math.max(1, Math.ceil(median(evaluations) - 0.05)));

const someNumbers = listOf(is("a number", (value) => typeof value === "number")); // Infinity too: equal clips

/** What the fields of a {@link QualityReport} are. */
export const aQualityReport = fields({
  model: aText,
  steps: wholeFrom(1),
  guidance: aNumber,
  clips: listOf(fields({ prompt: aText, seed: aNumber })),
  rows: listOf(
    fields({
      ...{ kind: aText, method: aText, options: both(anObject, inJson) },
      ...{ evaluations: someNumbers, psnr: someNumbers, ssim: someNumbers, wrong: someNumbers, cacheBytes: aNumber },
      ...Object.fromEntries(furtherMeasures.map(({ name }) => [`${name}?`, someNumbers])),
    }),
  ),
  leftOut: mapOf(aText),
});

/** The cached rows as numbers, in their order. Equal clips count as no gain and no loss. */
export const qualityFigures = (report: QualityReport): readonly QualityFigures[] => {
  accept("qualityFigures", { report: [report, aQualityReport] });
  const { rows, steps } = report;
  return rows
    .filter(({ kind }) => kind === "cached")
    .map((row) => {
      const count = rivalSteps(row.evaluations, steps);
      const rival = (kind: QualityRow["kind"]): QualityRow | undefined =>
        rows.find((one) => one.kind === kind && one.options.for === count);
      const above = (other: QualityRow | undefined): number | undefined =>
        other &&
        median(row.psnr.map((psnr, clip) => (psnr === other.psnr[clip] ? 0 : psnr - (other.psnr[clip] as number))));
      const [fewer, reused] = [rival("fewer-steps"), rival("reused")];
      return {
        row,
        evaluations: median(row.evaluations),
        psnr: spreadOf(row.psnr),
        ssim: spreadOf(row.ssim),
        further: Object.fromEntries(
          furtherMeasures.flatMap(({ name }) => (row[name] ? [[name, spreadOf(row[name])]] : [])),
        ),
        fewer: fewer && spreadOf(fewer.psnr),
        reused: reused && spreadOf(reused.psnr),
        aboveFewer: above(fewer),
        aboveReused: above(reused),
      };
    });
};

const rowOf = (row: FileChecks, clips: number): QualityRow => ({
  kind: row.oneOf("kind", ["cached", "fewer-steps", "reused"]),
  method: row.text("method"),
  options: row.object("options").json(),
  evaluations: row.numbers("evaluations", clips, 0),
  psnr: row.numbers("psnr", clips, -1e6),
  ssim: row.numbers("ssim", clips, -1),
  ...Object.fromEntries(
    furtherMeasures.flatMap(({ name, least }) => (row.has(name) ? [[name, row.numbers(name, clips, least)]] : [])),
  ),
  wrong: row.numbers("wrong", clips, -1),
  cacheBytes: row.number("cacheBytes", 0, 1e15),
});

/**
 * Checks a parsed report and keeps only what it knows. Parse with `readInfinity`: equal clips have an infinite PSNR.
 * @throws EngineError "file-invalid", with the field and what it should hold
 */
export const qualityReportFromJson = (json: unknown, where: string): QualityReport => {
  accept("qualityReportFromJson", { where: [where, aText] });
  const file = fileChecks(json, where, "a quality report", "Make one with `diffusion-cache quality`.");
  file.format("diffusion-cache/quality", 1);
  const clips = file.list("clips", 1).map((clip) => ({ prompt: clip.text("prompt"), seed: clip.whole("seed", 0) }));
  return {
    format: "diffusion-cache/quality",
    version: 1,
    engine: file.text("engine"),
    model: file.text("model"),
    steps: file.whole("steps", 1),
    guidance: file.number("guidance", 0),
    clips,
    rows: file.list("rows", 0).map((row) => rowOf(row, clips.length)),
    leftOut: file.object("leftOut").textMap(),
  };
};
