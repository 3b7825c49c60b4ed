import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FewerSteps, readInfinity, type Trial } from "diffusion-cache";

/** What scripts/presets.mjs wrote of the site's model: every setting that it tried. */
export interface Sweep {
  readonly model: string;
  readonly steps: number;
  readonly machine: string;
  readonly prompts: readonly string[];
  readonly trials: readonly Trial[];
  readonly fewer: readonly FewerSteps[];
}

export const recordedSweep = (model: string): Sweep =>
  JSON.parse(readFileSync(join(process.cwd(), `training/log/sweep-${model}.json`), "utf8"), readInfinity) as Sweep;
