import { type Measure, measures, writeInfinity } from "diffusion-cache";
import type { FrameMeasures } from "./frame-measures.js";

/** A clip against the reference, as far as it has come. */
export interface ComparedClip {
  readonly name: string;
  readonly frames: readonly FrameMeasures[];
  /** Not there until the last frame is measured. */
  readonly total?: FrameMeasures;
  /** Why it is not compared. */
  readonly failure?: unknown;
}

/** The engine's measures that a clip without latents has, and the largest error of a pixel. */
export const ownMeasures: readonly (Pick<Measure, "title" | "unit" | "column" | "digits" | "help"> & {
  readonly name: Exclude<keyof FrameMeasures, "msSsimScales">;
})[] = [
  ...measures.flatMap((measure) => (measure.name === "latentDrift" ? [] : [{ ...measure, name: measure.name }])),
  {
    ...{ name: "maxError", title: "Largest error", unit: "", column: "max_error", digits: 3 },
    help: "Of any pixel and channel, over 0 … 1",
  },
];

/** As tables say it. */
export const inWords = (value: number | undefined, { digits, unit }: { digits: number; unit: string }): string =>
  value === undefined ? "" : `${Number.isFinite(value) ? value.toFixed(digits) : "∞"}${unit && ` ${unit}`}`;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.map((cell) => quoted(String(cell))).join(",")}\r\n`).join("");
const cells = (found: FrameMeasures): readonly (string | number)[] =>
  ownMeasures.map(({ name }) => {
    const value = found[name];
    return value === undefined ? "" : Number.isFinite(value) ? value : "inf";
  });
const columns = ownMeasures.map(({ column }) => column);

/** A comparison as files: a line for each clip, a line for each frame (counted from 0), and everything. */
export const compareExports = {
  clips: {
    ...{ label: "Clips (CSV)", file: "clips.csv", type: "text/csv" },
    text: (_: string, clips: readonly ComparedClip[]): string =>
      csv([
        ["clip", "frames", ...columns],
        ...clips.flatMap(({ name, frames, total }) => (total ? [[name, frames.length, ...cells(total)]] : [])),
      ]),
  },
  frames: {
    ...{ label: "Frames (CSV)", file: "frames.csv", type: "text/csv" },
    text: (_: string, clips: readonly ComparedClip[]): string =>
      csv([
        ["clip", "frame", ...columns],
        ...clips.flatMap(({ name, frames }) => frames.map((frame, at) => [name, at, ...cells(frame)])),
      ]),
  },
  all: {
    ...{ label: "All (JSON)", file: "comparison.json", type: "application/json" },
    text: (reference: string, clips: readonly ComparedClip[]): string =>
      JSON.stringify(
        {
          ...{ format: "diffusion-cache/comparison", version: 1, reference },
          clips: clips.flatMap(({ name, frames, total }) => (total ? [{ name, total, frames }] : [])),
        },
        writeInfinity,
      ),
  },
} as const;
