import { knownAhead } from "../cache/decide.js";
import { fineLadders, ladders } from "../cache/ladders.js";
import { type MethodName, methodFromName } from "../cache/methods/index.js";
import { sitesOf } from "../cache/sites-of.js";
import { expectCalibrated, type PartialCalibration } from "../calibrate/calibration.js";
import type { Engine, GenerateOptions, Result } from "../engine.js";
import { EngineError } from "../errors.js";
import {
  accept,
  aNumber,
  anEngine,
  anObject,
  aSignal,
  aText,
  fields,
  is,
  listOf,
  oneOf,
  wholeFrom,
} from "../expect.js";
import type { CacheMethod } from "../method.js";
import { type BenchMethod, fatal } from "./bench.js";
import { evaluationsOf } from "./evaluations.js";

/** A setting and the speed-up that its decisions allow. */
export interface NearSetting extends BenchMethod {
  /** What the run would gain if time followed the network's operations. */
  readonly ideal: number;
}

/** Which settings are looked for. */
export interface SettingsNearOptions
  extends Pick<GenerateOptions, "prompt" | "seed" | "steps" | "guidance" | "signal"> {
  /** Ideal speed-up that is wanted, above 1. */
  readonly speedup: number;
  /** Default: all. */
  readonly methods?: readonly MethodName[];
  /** Numbers of these steps; default: the model's own. */
  readonly calibration?: PartialCalibration | undefined;
}

/** Whether a plan says what the methods do in a run such as `made`. @throws EngineError "calibration-mismatch" */
const plannable = ({ model }: Engine, { trace }: Result, cache: readonly CacheMethod[]): boolean => {
  const { scheduler, steps } = trace;
  for (const method of cache) expectCalibrated(method, { model: model.name, scheduler, steps });
  const sites = sitesOf(model.network);
  return cache.every((method) => knownAhead(method, sites));
};

/**
 * Of every method the setting whose ideal speed-up comes nearest to a wanted one. Settings of methods that measure are
 * those of their ladders, a run each. Where decisions are known before a run, settings lie closer, and the plan is asked:
 * one run in all, which says the shape of the latents. Distance is that of the logarithms: 1.5 is as far from 3 as 6 is; of
 * equally near settings the mildest. A method that cannot act here is left out with its reason.
 *
 * @throws EngineError "stopped", "disposed", "device-lost", "out-of-memory"
 */
export const settingsNear = async (
  engine: Engine,
  options: SettingsNearOptions,
): Promise<{ readonly found: readonly NearSetting[]; readonly leftOut: Readonly<Record<string, string>> }> => {
  accept("settingsNear", {
    engine: [engine, anEngine],
    options: [
      options,
      fields({
        speedup: is("a number above 1", (value) => typeof value === "number" && value > 1 && value < 1e6),
        "methods?": listOf(oneOf(...Object.keys(ladders))),
        "calibration?": anObject,
        ...{
          "prompt?": aText,
          "seed?": wholeFrom(0),
          "steps?": wholeFrom(1, 1000),
          "guidance?": aNumber,
          "signal?": aSignal,
        },
      }),
    ],
  });
  const {
    speedup,
    methods = Object.keys(ladders) as MethodName[],
    calibration = engine.model.calibration,
    ...request
  } = options;
  const found: NearSetting[] = [];
  const leftOut: Record<string, string> = {};
  let made: Result | undefined;
  for (const name of methods) {
    const tried: NearSetting[] = [];
    try {
      for (const options of [...ladders[name], ...(fineLadders[name] ?? [])]) {
        const cache = [methodFromName(name, { ...calibration?.[name as "magcache"], ...options })];
        const result: Result =
          made && plannable(engine, made, cache) ? made : await engine.generate({ ...request, cache });
        made = result;
        tried.push({ name, options, cache, ideal: result.trace.steps / evaluationsOf(engine.model, result, cache) });
      }
    } catch (error) {
      if (!(error instanceof EngineError) || fatal.includes(error.code)) throw error;
      leftOut[name] = error.message;
    }
    const distance = ({ ideal }: NearSetting): number => Math.abs(Math.log(ideal / speedup));
    const [best] = tried.toSorted((a, b) => distance(a) - distance(b));
    if (best) found.push(best);
  }
  return { found, leftOut };
};
