import type { Gram, Grams } from "../cache/fitted.js";
import type { DpCacheOptions } from "../cache/methods/dp-cache.js";
import type { MagCacheOptions } from "../cache/methods/mag-cache.js";
import type { SmoothCacheOptions } from "../cache/methods/smooth-cache.js";
import type { TeaCacheOptions } from "../cache/methods/tea-cache.js";
import { EngineError, shown } from "../errors.js";
import { accept, aText } from "../expect.js";
import type { CacheMethod, CalibratedFor } from "../method.js";

/**
 * What one logged, uncached run or more say about a model: the numbers that methods want. JSON; each entry is options of
 * the method of that name, so that `magCache(calibration.magcache)` and `{ ...calibration.teacache, relL1Thresh: 0.3 }`
 * are all there is to it.
 */
export interface Calibration {
  readonly format: "diffusion-cache/calibration";
  readonly version: 1;
  /** The run that was logged. Each entry repeats it, so that it refuses another. */
  readonly calibratedFor: CalibratedFor;
  /** Scale of the logged runs. */
  readonly guidance: number;
  /** One run each, with the seeds 0, 1, 2 … */
  readonly prompts: readonly string[];
  /** What else a reader should know of the runs, as a trace has it. */
  readonly notes?: readonly string[];
  /** Ratios of residual norms, one per step. */
  readonly magcache: Required<Pick<MagCacheOptions, "magRatios" | "calibratedFor">>;
  /** Polynomial, highest power first. */
  readonly teacache: Required<Pick<TeaCacheOptions, "coefficients" | "calibratedFor">>;
  /** Relative errors by kind, distance and step. */
  readonly smoothcache: Required<Pick<SmoothCacheOptions, "errors" | "calibratedFor">>;
  /** Errors of every jump from step to step. `engine.calibrate()` measures them; older files lack them. */
  readonly dpcache?: Required<Pick<DpCacheOptions, "errors" | "calibratedFor">>;
  /** Products of guided predictions over the steps, at `guidance`. Older files lack them. */
  readonly meancache?: { readonly products: Gram; readonly calibratedFor: CalibratedFor };
  /** Products of features over the steps, for `withForecast(…, { by: "l2p", ...calibration.l2p })`. Older files lack them. */
  readonly l2p?: { readonly grams: Grams; readonly calibratedFor: CalibratedFor };
}

const invalid = (where: string, why: string): EngineError =>
  new EngineError("file-invalid", `${where} is not a calibration: ${why}.`, {
    hint: "Make one with `diffusion-cache calibrate`, or engine.calibrate().",
  });

const always = ["magcache", "teacache", "smoothcache"] as const;
/** What a calibration has numbers for: methods, and a forecast. */
export const calibratedMethods = [...always, "dpcache", "meancache", "l2p"] as const;

/** The name of one of them. */
export type CalibratedMethod = (typeof calibratedMethods)[number];

/** What `engine.calibrate()` measures: of what was asked for, nothing is missing. */
export type FreshCalibration<M extends CalibratedMethod = CalibratedMethod> = Omit<Calibration, CalibratedMethod> &
  Required<Pick<Calibration, M>>;

/** A calibration of some of the methods: what `calibrate --method` writes. */
export type PartialCalibration = Omit<Calibration, CalibratedMethod> & Partial<Pick<Calibration, CalibratedMethod>>;

/**
 * Checks a parsed calibration of some of the methods. The numbers themselves are checked by the methods that take them.
 * @param where the file, for messages
 * @throws EngineError "file-invalid"
 */
export const partialCalibration = (json: unknown, where: string): PartialCalibration => {
  if (typeof json !== "object" || json === null) throw invalid(where, "it is not a JSON object");
  const { format, version, calibratedFor, ...rest } = json as Partial<Calibration>;
  if (format !== "diffusion-cache/calibration") throw invalid(where, `format is ${shown(format)}`);
  if (version !== 1) throw invalid(where, `version is ${shown(version)}; this engine reads 1`);
  if (typeof calibratedFor?.model !== "string") throw invalid(where, "calibratedFor names no model");
  for (const entry of calibratedMethods)
    if (entry in rest && (typeof rest[entry] !== "object" || rest[entry] === null))
      throw invalid(where, `its ${entry} is no object`);
  if (!calibratedMethods.some((entry) => entry in rest))
    throw invalid(where, `it has none of ${calibratedMethods.join(", ")}`);
  return json as PartialCalibration;
};

/**
 * Checks a parsed calibration of MagCache, TeaCache and SmoothCache; what came later may be missing.
 * @param where the file, for messages
 * @throws EngineError "file-invalid"
 */
export const calibrationFromJson = (json: unknown, where: string): Calibration => {
  accept("calibrationFromJson", { where: [where, aText] });
  const found = partialCalibration(json, where);
  for (const entry of always) if (!found[entry]) throw invalid(where, `it has no ${entry}`);
  return found as Calibration;
};

/**
 * Refuses a method whose numbers were measured on another run than the one it is to act on.
 * @throws EngineError "calibration-mismatch"
 */
export const expectCalibrated = ({ name, calibratedFor }: CacheMethod, run: CalibratedFor): void => {
  if (!calibratedFor) return;
  for (const field of ["model", "scheduler", "steps"] as const)
    if (calibratedFor[field] !== run[field])
      throw new EngineError(
        "calibration-mismatch",
        `${name} was calibrated for ${field} ${calibratedFor[field]}, and this run has ${run[field]}.`,
        { hint: "Calibrate for this run, or leave calibratedFor out to use the numbers all the same." },
      );
};
