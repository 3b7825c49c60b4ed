import { recordedReadings } from "../cache/recorded-readings.js";
import { cardFromConfig } from "../cards/build.js";
import type { RunSize } from "../cards/card.js";
import type { ModelInfo, Result } from "../engine.js";
import type { CacheMethod } from "../method.js";
import { planRun } from "../plan/plan-run.js";

/** Size in the latents' own units: one row of tokens as long as all of them where they are packed. */
const sizeOf = ({ dims }: Result["latents"], [, high, wide]: readonly [number, number, number]): RunSize =>
  dims.length === 3
    ? { width: (dims[1] as number) * wide, height: high, frames: 1 }
    : {
        width: dims.at(-1) as number,
        height: dims.at(-2) as number,
        frames: dims.length === 5 ? (dims[2] as number) : 1,
      };

/**
 * Network evaluations of a run, in full steps: its steps times the share of the network's operations that were made. Counted
 * from what was decided, not timed, so a busy machine gives the same number.
 *
 * @throws EngineError "model-unknown" for an architecture whose operations are not counted
 */
export const evaluationsOf = (
  model: Pick<ModelInfo, "network" | "textRows">,
  { trace, latents }: Pick<Result, "trace" | "latents">,
  cache: readonly CacheMethod[],
): number => {
  const { patch } = cardFromConfig(model.network);
  const size = sizeOf(latents, patch);
  const card = cardFromConfig(model.network, {
    latent: { channels: 1, space: 1, time: 1 },
    sizes: [size],
    text: model.textRows,
    guidance: trace.guidance === 1 ? "none" : "classifier-free",
  });
  const { timesteps } = trace;
  const { computedShare } = planRun({ card, ...size, methods: cache, timesteps, readings: recordedReadings(trace) });
  return trace.steps * computedShare;
};
