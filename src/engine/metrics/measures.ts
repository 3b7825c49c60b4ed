import type { Quality } from "../trace/trace.js";

/** A measure of one clip against the uncached one: what tables, axes and files call it. */
export interface Measure {
  /** Its field in a {@link Quality}, a row and a trial. */
  readonly name: "psnr" | "ssim" | "msSsim" | "temporalError" | "flickerIndex" | "flip" | "latentDrift";
  /** For people. */
  readonly title: string;
  /** Empty for a plain number. */
  readonly unit: "" | "dB";
  /** Its name in CSV, with the unit. */
  readonly column: string;
  /** Which end is closer to the uncached clip. */
  readonly better: "high" | "low";
  /** The low end of its range, included. */
  readonly least: number;
  /** The high end. */
  readonly most: number;
  /** Behind the point, in tables. */
  readonly digits: number;
  /** In a sentence. */
  readonly help: string;
}

/** Measures beyond PSNR and SSIM. Older files lack them; a single frame has no temporal ones, and latents no FLIP. */
export type FurtherMeasures = Pick<Quality, "msSsim" | "temporalError" | "flickerIndex" | "flip" | "latentDrift">;

const infinite = Number.POSITIVE_INFINITY;

/** Every measure of a clip, in the order of tables; definitions and sources: content/docs/reference/measures.mdx. */
export const measures: readonly Measure[] = [
  {
    ...{ name: "psnr", title: "PSNR", unit: "dB", column: "psnr_db", better: "high", least: -infinite, most: infinite },
    digits: 1,
    help: "Mean square error against the uncached clip, in decibels. Blind to time and to structure",
  },
  {
    ...{ name: "ssim", title: "SSIM", unit: "", column: "ssim", better: "high", least: -1, most: 1, digits: 3 },
    help: "Local structure against the uncached clip at one scale, frame by frame. Blind to time",
  },
  {
    ...{ name: "msSsim", title: "MS-SSIM", unit: "", column: "ms_ssim", better: "high", least: 0, most: 1, digits: 4 },
    help: "Structure at up to five scales, frame by frame. Blind to time",
  },
  {
    ...{ name: "temporalError", title: "Temporal error", unit: "", column: "temporal_error", better: "low" },
    ...{ least: 0, most: 2, digits: 4 },
    help: "What changes between frames otherwise than in the uncached clip: flicker and wrong motion",
  },
  {
    ...{ name: "flickerIndex", title: "Flicker index", unit: "", column: "flicker_index", better: "low" },
    ...{ least: 0, most: 1, digits: 2 },
    help: "Share of the error that changes from frame to frame: 0 stands still, 0.5 is new in each frame, 1 alternates",
  },
  {
    ...{ name: "flip", title: "FLIP", unit: "", column: "flip", better: "low", least: 0, most: 1, digits: 4 },
    help: "Difference that is seen when both clips are shown in turn, frame by frame, at 67 pixels per degree. Blind to time",
  },
  {
    ...{ name: "latentDrift", title: "Latent drift", unit: "", column: "latent_drift", better: "low" },
    ...{ least: 0, most: infinite, digits: 4 },
    help: "Relative L2 distance of the last latents from the uncached ones",
  },
];

/** The measures of {@link FurtherMeasures}. */
export const furtherMeasures = measures.filter(
  (one): one is Measure & { readonly name: keyof FurtherMeasures } => one.name !== "psnr" && one.name !== "ssim",
);

/** Those that all of some clips have, each as one number. */
export const overClips = (
  clips: readonly FurtherMeasures[],
  asOne: (values: readonly number[], measure: Measure) => number,
): FurtherMeasures =>
  Object.fromEntries(
    furtherMeasures.flatMap((measure) => {
      const values = clips.map((clip) => clip[measure.name]);
      return values.length > 0 && values.every((value) => value !== undefined)
        ? [[measure.name, asOne(values as number[], measure)]]
        : [];
    }),
  );

/** The further measures that any of some rows has. */
export const measuresIn = (rows: readonly FurtherMeasures[]): typeof furtherMeasures =>
  furtherMeasures.filter(({ name }) => rows.some((row) => row[name] !== undefined));

/** The clip that comes least close. */
export const worst = (values: readonly number[], { better }: Measure): number =>
  better === "high" ? Math.min(...values) : Math.max(...values);

/** Whether a clip comes as close as a bound asks: least of what is better high, most of what is better low. */
export const asCloseAs = (value: number, bound: number, { better }: Pick<Measure, "better">): boolean =>
  better === "high" ? value >= bound : value <= bound;

/** A figure as tables say it; nothing where there is none. */
export const inDigits = (value: number | undefined, { digits }: Measure): string =>
  value === undefined ? "" : Number.isFinite(value) ? value.toFixed(digits) : "∞";
