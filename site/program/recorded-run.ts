import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Quality, Trace } from "diffusion-cache";
import { readInfinity } from "diffusion-cache";
import type { Settings } from "./example-module.js";
import type { Shown } from "./shown.js";

/** A run that scripts/record-run.ts kept: what a page shows before anything runs in it. */
export interface RecordedRun {
  /** Backend and processor. */
  readonly on: string;
  readonly settings: Settings;
  readonly clip: { readonly frames: number; readonly height: number; readonly width: number; readonly fps: number };
  readonly quality: Quality;
  /** Speed-up if the reused sites cost nothing there. */
  readonly ideal: number;
  /** What the clips show, read from their pixels. */
  readonly shown: Shown;
  /** An uncached run of as many steps as take the time of the cached one, beside the uncached clip. */
  readonly fewer: { readonly steps: number; readonly wallMs: number; readonly quality: Quality };
  readonly uncached: Trace;
  readonly cached: Trace;
}

const folder = (example: string): string => `recorded/${example}`;

/** @returns the record, and the address of the folder with its strips of frames, uncached.png and cached.png */
export const recordedRun = (example: string): { run: RecordedRun; address: string } => {
  const path = join(process.cwd(), "site/public", folder(example), "run.json");
  const run = JSON.parse(readFileSync(path, "utf8"), readInfinity) as RecordedRun;
  return { run, address: `${import.meta.env.BASE_URL.replace(/\/$/, "")}/${folder(example)}` };
};
