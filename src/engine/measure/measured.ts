import type { Engine, GenerateOptions, Result } from "../engine.js";
import { aText, fields, listOf, wholeFrom } from "../expect.js";
import type { CacheMethod } from "../method.js";
import { type FurtherMeasures, overClips, worst } from "../metrics/measures.js";
import { median } from "../metrics/median.js";
import type { Sigmas } from "../schedulers/pipeline-sigmas.js";
import { compareRuns } from "./compare-runs.js";

/** Speed and quality of one setting over some clips; each measure is that of its worst clip. */
export interface Measured extends FurtherMeasures {
  /** Uncached time over its own, of runs in turn; the median over the clips. */
  readonly speedup: number;
  /** Of the worst clip; infinite where it is the uncached one. */
  readonly psnr: number;
  /** Of the worst clip, −1 … 1; 1 is equal. */
  readonly ssim: number;
  /** Kept features at the peak of a run; the most of the clips. */
  readonly cacheBytes: number;
}

/** Clips that a search makes of each setting. */
export const someClips = listOf(fields({ "prompt?": aText, "seed?": wholeFrom(0) }), { least: 1, most: 1000 });

/** How many steps a list of sigmas is for. */
export const stepsIn = ({ sigmas }: { readonly sigmas?: Sigmas | undefined }): number | undefined =>
  sigmas === undefined || typeof sigmas === "string" ? undefined : sigmas.length;

/** Another number of steps: a list of sigmas is as long as it is, so then the model's own take its place. */
export const ofSteps = (
  { sigmas }: { readonly sigmas?: Sigmas | undefined },
  steps: number,
): Pick<GenerateOptions, "steps" | "sigmas"> => ({
  steps,
  ...(sigmas === undefined ? {} : { sigmas: typeof sigmas === "string" ? sigmas : "pipeline" }),
});

/** Makes the uncached clips first; then each attempt runs every clip beside an uncached one. */
export const trialsOf = async (
  engine: Engine,
  request: Pick<GenerateOptions, "steps" | "sigmas" | "guidance" | "inputs" | "signal">,
  clips: readonly Pick<GenerateOptions, "prompt" | "seed">[] = [{}],
) => {
  const make = (clip: number, cache: readonly CacheMethod[], steps?: number): Promise<Result> =>
    engine.generate({ ...request, ...(steps === undefined ? {} : ofSteps(request, steps)), ...clips[clip], cache });
  const references: Pick<Result, "clip" | "latents">[] = [];
  for (const index of clips.keys()) {
    const { clip, latents } = await make(index, []);
    references.push({ clip, latents });
  }
  const attempt = async (cache: readonly CacheMethod[], steps?: number): Promise<Measured> => {
    const runs = [];
    for (const [index, reference] of references.entries()) {
      const uncached = await make(index, []); // again, since a machine is not as fast all the time
      const run = await make(index, cache, steps);
      const gain = uncached.trace.totals.wallMs / run.trace.totals.wallMs;
      runs.push({ ...compareRuns(reference, run), ...run.trace.totals, gain });
    }
    return {
      speedup: median(runs.map(({ gain }) => gain)),
      psnr: Math.min(...runs.map(({ psnr }) => psnr)),
      ssim: Math.min(...runs.map(({ ssim }) => ssim)),
      ...overClips(runs, worst),
      cacheBytes: Math.max(...runs.map(({ bytes }) => bytes.peak.cache)),
    };
  };
  return { make, attempt };
};
