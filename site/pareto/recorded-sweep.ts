import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FewerSteps, measures, readInfinity, type Trial } from "diffusion-cache";
import { type BarePoint, fewerPoint, trialPoint } from "./quality-points.js";

/** What scripts/presets.mjs wrote of the site's model: every setting that it tried. */
interface Sweep {
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

/** As many digits as the table under the chart shows: the figures come with the page. */
const rounded = (point: BarePoint): BarePoint => ({
  ...point,
  speedup: Number(point.speedup.toFixed(2)),
  ...Object.fromEntries(
    measures.flatMap(({ name, digits }) => {
      const value = point[name];
      return value === undefined ? [] : [[name, Number.isFinite(value) ? Number(value.toFixed(digits)) : value]];
    }),
  ),
});

/** By model: the points of its recorded sweep, and where they are from. */
export const recordedPoints = (
  models: readonly string[],
): Readonly<Record<string, { readonly source: string; readonly points: readonly BarePoint[] }>> =>
  Object.fromEntries(
    models.flatMap((name) => {
      const sweep = recordedSweep(name);
      if (!sweep) return [];
      const { model, machine, steps, prompts, trials, fewer = [] } = sweep;
      const points = [...fewer.map((point) => fewerPoint(point)), ...trials.map((trial) => trialPoint(trial))].map(
        rounded,
      );
      const source = `Recorded, not measured here: ${model}, ${machine}, ${steps} steps, the worst of ${prompts.length} clips.`;
      return [[name, { source, points }]];
    }),
  );
