import type { Engine, GenerateOptions } from "../engine.js";
import { accept, aFunction, anEngine, aSignal, fields, wholeFrom } from "../expect.js";
import type { Trace } from "../trace/trace.js";
import { type Measured, someClips, stepsIn, trialsOf } from "./measured.js";

/** What takes no cache at all: an uncached run of fewer steps, against one of all of them. */
export interface FewerSteps extends Omit<Measured, "cacheBytes"> {
  /** Denoising steps of this run. */
  readonly steps: number;
}

/** The uncached run that has to take as long as a cached one. */
export interface FewerStepsOptions
  extends Pick<GenerateOptions, "steps" | "sigmas" | "guidance" | "inputs" | "signal"> {
  /** Clips that each number of steps makes. Default: one, of the model's own prompt and seed 0. */
  readonly clips?: readonly Pick<GenerateOptions, "prompt" | "seed">[];
  /** At most so many numbers of steps, spread over all below `steps`. Default 8. */
  readonly points?: number;
  /** Called after each number of steps, with how many were tried. */
  readonly onPoint?: (point: FewerSteps, tried: number) => void;
}

/**
 * Whether the last step ends before the clean clip. diffusers' DDIM rounds its last gap, 1000 over the number of steps,
 * down to the last timestep itself for numbers such as 13 or 17, and leaves a little noise: no fault of fewer steps.
 */
export const leavesNoise = ({ scheduler, timesteps, steps }: Trace): boolean =>
  scheduler === "DDIMScheduler" && (timesteps.at(-1) ?? 0) >= Math.floor(1000 / steps);

/**
 * The curve that every cache has to beat: speed and quality of uncached runs of fewer steps, most steps first. Numbers of
 * steps that {@link leavesNoise} are passed over.
 *
 * @throws EngineError "stopped" and every code of `engine.generate`
 */
export const fewerSteps = async (engine: Engine, options: FewerStepsOptions = {}): Promise<readonly FewerSteps[]> => {
  accept("fewerSteps", {
    engine: [engine, anEngine],
    options: [
      options,
      fields({
        "clips?": someClips,
        "points?": wholeFrom(1, 1000),
        "steps?": wholeFrom(1, 1000),
        "onPoint?": aFunction,
        "signal?": aSignal,
      }),
    ],
  });
  const { clips, points = 8, onPoint, ...request } = options;
  const { steps = stepsIn(request) ?? engine.model.defaults.steps } = request;
  const { attempt, make } = await trialsOf(engine, request, clips);
  const found: FewerSteps[] = [];
  const share = (at: number): number => Math.round(steps * 0.85 * 0.8 ** at);
  const wanted = [...new Set(Array.from({ length: points }, (_, at) => share(at)))].filter((n) => n < steps);
  for (const most of wanted)
    for (let count = most; count > 1 && !found.some((one) => one.steps <= count); count--) {
      if (leavesNoise((await make(0, [], count)).trace)) continue;
      const { cacheBytes: _, ...measured } = await attempt([], count);
      found.push({ steps: count, ...measured });
      onPoint?.(found.at(-1) as FewerSteps, found.length);
      break;
    }
  return found;
};
