import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FewerSteps, readInfinity, type Trial } from "diffusion-cache";

/** What scripts/presets.mjs wrote of the site's model: every setting that it tried. */
export interface Sweep {
  readonly model: string;
  readonly steps: number;
  readonly machine: string;
  readonly prompts: readonly string[];
  readonly trials: readonly Trial[];
  /** Uncached runs of fewer steps; older files have none. */
  readonly fewer?: readonly FewerSteps[];
}

/** Undefined for a model that has not been swept. */
export const recordedSweep = (model: string): Sweep | undefined => {
  const file = join(process.cwd(), `training/log/sweep-${model}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8"), readInfinity) as Sweep) : undefined;
};
