import type { Backend, Handle } from "../backends/backend.js";
import type { HandleCounts } from "../cache/history.js";
import type { Scheduler, StepWeights, Weights } from "../schedulers/scheduler.js";
import type { Tensor } from "../tensor.js";

export interface AdvanceOptions {
  readonly backend: Backend;
  readonly counts: HandleCounts;
  readonly scheduler: Scheduler;
  /** Normal noise in the shape of the latents, anew at every call. */
  readonly draw: () => Tensor;
}

type Term = { readonly handle: Handle; readonly weight: number };

/**
 * The scheduler's side of a run on a backend: what it keeps from step to step is here, so that a cached step's prediction
 * enters a solver's history as a computed one does.
 */
export const advancer = ({ backend, counts, scheduler, draw }: AdvanceOptions) => {
  const { history = 0 } = scheduler;
  let past: Handle[] = [];
  let last: Handle | undefined;

  const drop = (...handles: readonly (Handle | undefined)[]): void => {
    for (const handle of handles) if (handle) counts.drop(handle);
  };

  return {
    /** The sample as the model sees it in step `i`; the caller drops it. */
    input(i: number, sample: Handle): Handle {
      const scale = scheduler.inputScale?.(i) ?? 1;
      return scale === 1 ? counts.hold(sample) : backend.combine([{ handle: sample, weight: scale }]);
    },
    /**
     * One step from `sample`, which stays the caller's: the next sample and, where it is wanted, the predicted clean one.
     */
    step(i: number, sample: Handle, prediction: Handle, wanted: boolean) {
      const { clean, output, corrected, next, draws = 0 } = scheduler.step(i);
      const ofBoth = (weights: Weights): Term[] => [
        { handle: sample, weight: weights.sample },
        { handle: prediction, weight: weights.prediction },
      ];
      const weighsKept = history > 0 || next.clean !== 0;
      const cleanHandle = wanted || (weighsKept && !output) ? backend.combine(ofBoth(clean), clean.clamp) : undefined;
      const kept = output ? backend.combine(ofBoth(output)) : weighsKept ? cleanHandle : undefined;
      let noise: Tensor | undefined;
      for (let k = 0; k < draws; k++) noise = draw();
      const drawn = noise && next.noise ? backend.upload(noise) : undefined;
      const sum = (weights: StepWeights, from: Handle): Handle =>
        backend.combine(
          [
            { handle: from, weight: weights.sample },
            { handle: prediction, weight: weights.prediction },
            ...(kept ? [{ handle: kept, weight: weights.clean }] : []),
            ...(weights.past ?? []).map((weight, at) => ({ handle: past[at] as Handle, weight })),
            ...(weights.last !== undefined && last ? [{ handle: last, weight: weights.last }] : []),
            ...(weights.noise && drawn ? [{ handle: drawn, weight: weights.noise }] : []),
          ].filter(({ weight }, at) => at < 2 || weight !== 0),
        );
      const from = corrected ? sum(corrected, sample) : counts.hold(sample);
      const after = sum(next, from);
      drop(drawn, last);
      last = undefined;
      if (history > 0 && kept) {
        past = [counts.hold(kept), ...past];
        drop(...past.splice(history));
        last = counts.hold(from);
      }
      drop(from);
      if (kept && kept !== cleanHandle) drop(kept);
      if (wanted) return { clean: cleanHandle, next: after };
      drop(cleanHandle);
      return { next: after };
    },
    /** Lets go of what is kept. */
    end(): void {
      drop(last, ...past);
      last = undefined;
      past = [];
    },
  };
};
