import { configError } from "./scheduler.js";

/** Refuses timesteps that an offset moves beyond the trained ones: diffusers fails at them with an index error. */
export const expectInside = (scheduler: string, timesteps: readonly number[], count: number, offset: number): void => {
  const first = timesteps[0] as number;
  if (first >= count)
    throw configError(
      scheduler,
      "steps_offset",
      offset,
      `at most ${offset + count - 1 - first} for ${timesteps.length} steps`,
    );
};

/** Refuses noise prediction where the first step has no signal left to divide by. */
export const expectSignal = (
  scheduler: string,
  type: string,
  bars: ArrayLike<number>,
  timesteps: readonly number[],
) => {
  if (type === "epsilon" && timesteps.some((timestep) => bars[timestep] === 0))
    throw configError(
      scheduler,
      "prediction_type",
      type,
      '"v_prediction" or "sample" when the first step has no signal',
    );
};

/** √ᾱ and √(1 − ᾱ) as a flow counts noise. */
export const flowSigmas = (bars: ArrayLike<number>, timesteps: readonly number[]): number[] =>
  timesteps.map((timestep) => {
    const bar = bars[timestep] as number;
    return Math.sqrt(1 - bar) / (Math.sqrt(bar) + Math.sqrt(1 - bar));
  });
