import { ladders } from "../cache/ladders.js";
import { type MethodName, methodFromName } from "../cache/methods/index.js";
import type { Engine, GenerateOptions } from "../engine.js";
import { EngineError } from "../errors.js";
import { accept, aFunction, aNumber, anEngine, aSignal, aText, fields, listOf, wholeFrom } from "../expect.js";
import type { CacheMethod } from "../method.js";
import { median } from "../metrics/median.js";
import { type Measured, someClips, trialsOf } from "./measured.js";

/** What is tried, and what a setting must reach. */
export interface AutotuneOptions extends Pick<GenerateOptions, "steps" | "sigmas" | "guidance" | "inputs" | "signal"> {
  /** The worst clip must reach both. PSNR in dB and SSIM against the uncached clip of the same seed. */
  readonly floor: { readonly psnr?: number; readonly ssim?: number };
  /** Clips that each setting makes. Default: one, of the model's own prompt and seed 0. */
  readonly clips?: readonly Pick<GenerateOptions, "prompt" | "seed">[];
  /** Whose settings are tried. Default: every method that can act on this model and run. */
  readonly methods?: readonly MethodName[];
  /** Called after each setting. */
  readonly onTrial?: (trial: Trial, tried: number) => void;
}

/** One setting, as it went. */
export interface Trial extends Measured {
  /** Its name in `methods`. */
  readonly method: MethodName;
  /** As `methodFromName` takes them, without the numbers of a calibration. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the worst clip keeps every floor that was given. */
  readonly reachesFloor: boolean;
  /** A finalist's speed-up is that of three runs more. */
  readonly finalist: boolean;
}

/** What a search found, with its evidence. */
export interface Tuned {
  /** The fastest setting that reaches the floor; undefined where none is faster than the uncached run. */
  readonly best?: Trial;
  /** Every setting that was tried, in the order tried; finalists have their second measurement. */
  readonly trials: readonly Trial[];
  /** Methods that were not tried, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/**
 * Finds the fastest caching whose quality stays above a floor, by trying it here: each method's settings from mild to
 * strong (`cache/ladders.ts`) until one falls below, then the three fastest again, in turn with uncached runs. A setting
 * beyond the first that fails is not tried, so one that happens to do better again would be missed.
 *
 * @throws EngineError "input-invalid" without a floor; "method-unknown"; "stopped"
 */
export const autotune = async (engine: Engine, options: AutotuneOptions): Promise<Tuned> => {
  accept("autotune", {
    engine: [engine, anEngine],
    options: [
      options,
      fields({
        floor: fields({ "psnr?": aNumber, "ssim?": aNumber }),
        "clips?": someClips,
        "methods?": listOf(aText, { most: 100 }),
        "steps?": wholeFrom(1, 1000),
        "guidance?": aNumber,
        "signal?": aSignal,
        "onTrial?": aFunction,
      }),
    ],
  });
  const { floor, clips, methods = Object.keys(ladders) as MethodName[], onTrial, ...request } = options;
  const { psnr: leastPsnr = Number.NEGATIVE_INFINITY, ssim: leastSsim = Number.NEGATIVE_INFINITY } = floor;
  if (floor.psnr === undefined && floor.ssim === undefined)
    throw new EngineError("input-invalid", "There is no floor to stay above.", {
      hint: "Give floor.psnr or floor.ssim.",
    });

  const { attempt, make } = await trialsOf(engine, request, clips);

  for (const name of methods) if (!Object.hasOwn(ladders, name)) methodFromName(name); // throws

  const trials: Trial[] = [];
  const leftOut: Record<string, string> = {};
  const made = new Map<Trial, CacheMethod>();
  for (const name of methods)
    for (const settings of ladders[name]) {
      try {
        const cache = methodFromName(name, { ...engine.model.calibration?.[name as "magcache"], ...settings });
        const measured = await attempt([cache]);
        const reachesFloor = measured.psnr >= leastPsnr && measured.ssim >= leastSsim;
        const trial: Trial = { method: name, options: settings, ...measured, reachesFloor, finalist: false };
        trials.push(trial);
        made.set(trial, cache);
        onTrial?.(trial, trials.length);
        if (!trial.reachesFloor) break;
      } catch (error) {
        if (!(error instanceof EngineError) || error.code === "stopped") throw error;
        leftOut[name] = error.message; // cannot act on this model or run
        break;
      }
    }

  const finalists = trials
    .filter(({ reachesFloor }) => reachesFloor)
    .toSorted((a, b) => b.speedup - a.speedup)
    .slice(0, 3);
  const times = new Map<Trial | undefined, number[]>([undefined, ...finalists].map((one) => [one, []]));
  for (let round = 0; round < 3; round++)
    for (const [one, ms] of times) {
      const { trace } = await make(0, one ? [made.get(one) as CacheMethod] : []);
      ms.push(trace.totals.wallMs);
    }
  const timed = finalists.map((one) => ({
    ...one,
    speedup: median(times.get(undefined) as number[]) / median(times.get(one) as number[]),
    finalist: true,
  }));
  const [best] = timed.toSorted((a, b) => b.speedup - a.speedup);
  const all = trials.map((one) => timed[finalists.indexOf(one)] ?? one);
  return { ...(best && best.speedup > 1 ? { best } : {}), trials: all, leftOut };
};
