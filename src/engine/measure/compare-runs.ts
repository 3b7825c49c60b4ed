import type { Result } from "../engine.js";
import { accept, aTensor, fields, listOf } from "../expect.js";
import { aStep, latentDrift, relativeDistances } from "../metrics/latent-drift.js";
import { compareClips } from "../metrics/quality.js";
import type { Quality } from "../trace/trace.js";

type Compared = Pick<Result, "clip" | "latents" | "stepLatents">;

const aRun = fields({ clip: aTensor, latents: aTensor, "stepLatents?": listOf(aStep) });

/**
 * How close a run comes to the uncached one of the same noise: its clip as {@link compareClips} says, its last latents, and
 * its latents in every step where both runs have them.
 *
 * @throws EngineError as `compareClips`; "input-invalid" where the runs have latents of other numbers of steps
 */
export const compareRuns = (reference: Compared, run: Compared): Quality => {
  accept("compareRuns", { reference: [reference, aRun], run: [run, aRun] });
  return {
    ...compareClips(reference.clip, run.clip),
    latentDrift: relativeDistances(run.latents.data, reference.latents.data).l2,
    ...(reference.stepLatents && run.stepLatents
      ? { stepDrift: latentDrift(reference.stepLatents, run.stepLatents) }
      : {}),
  };
};
