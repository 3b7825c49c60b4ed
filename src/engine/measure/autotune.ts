import { ladders } from "../cache/ladders.js";
import { type MethodName, methodFromName } from "../cache/methods/index.js";
import type { Engine, GenerateOptions } from "../engine.js";
import { EngineError } from "../errors.js";
import { accept, aFunction, aNumber, anEngine, aSignal, aText, fields, listOf, wholeFrom } from "../expect.js";
import type { CacheMethod } from "../method.js";
import { asCloseAs, type Measure, measures } from "../metrics/measures.js";
import { median } from "../metrics/median.js";
import { type Measured, someClips, trialsOf } from "./measured.js";

/** Bounds by the name of a measure. */
export type Floor = { readonly [name in Measure["name"]]?: number };

/** What is tried, and what a setting must reach. */
export interface AutotuneOptions extends Pick<GenerateOptions, "steps" | "sigmas" | "guidance" | "inputs" | "signal"> {
  /**
   * How close the worst clip must come to the uncached one of the same seed, by any of `measures`: at least so much PSNR
   * (in dB), SSIM or MS-SSIM, at most so much of the others, which are better low. All that are given hold.
   */
  readonly floor: Floor;
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
 * @throws EngineError "input-invalid" without a floor, and for a measure that the clips do not have; "method-unknown"; "stopped"
 */
export const autotune = async (engine: Engine, options: AutotuneOptions): Promise<Tuned> => {
  accept("autotune", {
    engine: [engine, anEngine],
    options: [
      options,
      fields({
        floor: fields(Object.fromEntries(measures.map(({ name }) => [`${name}?`, aNumber]))),
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
  const bounds = measures.flatMap((measure) => {
    const bound = floor[measure.name];
    return bound === undefined ? [] : [{ measure, bound }];
  });
  if (bounds.length === 0)
    throw new EngineError("input-invalid", "There is no floor to stay above.", {
      hint: `Give a bound in floor, of ${measures.map(({ name }) => name).join(", ")}.`,
    });
  const keeps = (measured: Measured): boolean =>
    bounds.every(({ measure, bound }) => {
      const value = measured[measure.name];
      if (value !== undefined) return asCloseAs(value, bound, measure);
      throw new EngineError("input-invalid", `The clips of this model have no ${measure.title.toLowerCase()}.`, {
        hint: "A single frame has no temporal measures, and latents have no FLIP: give a bound of another measure.",
      });
    });

  const { attempt, make } = await trialsOf(engine, request, clips);

  for (const name of methods) if (!Object.hasOwn(ladders, name)) methodFromName(name); // throws

  const trials: Trial[] = [];
  const leftOut: Record<string, string> = {};
  const made = new Map<Trial, CacheMethod>();
  for (const name of methods)
    for (const settings of ladders[name]) {
      let cache: CacheMethod;
      let measured: Measured;
      try {
        cache = methodFromName(name, { ...engine.model.calibration?.[name as "magcache"], ...settings });
        measured = await attempt([cache]);
      } catch (error) {
        if (!(error instanceof EngineError) || error.code === "stopped") throw error;
        leftOut[name] = error.message; // cannot act on this model or run
        break;
      }
      const trial: Trial = {
        method: name,
        options: settings,
        ...measured,
        reachesFloor: keeps(measured),
        finalist: false,
      };
      trials.push(trial);
      made.set(trial, cache);
      onTrial?.(trial, trials.length);
      if (!trial.reachesFloor) break;
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
