import { type CacheMethod, type CalibratedFor, compute, reuse } from "../../method.js";
import { checks, knownOptions } from "../options.js";

/** Options of {@link magCache}, under the names of diffusers' `MagCacheConfig`. */
export interface MagCacheOptions {
  /** How much longer each step's residual is than the one before, measured once per model and schedule. Required. */
  readonly magRatios: readonly number[];
  /** Largest accumulated error of a run of reuses. Default: 0.06. */
  readonly threshold?: number;
  /** Most reuses in a row. Default: 3. */
  readonly maxSkipSteps?: number;
  /** Share of the run, from its start, that is always computed. Default: 0.2. */
  readonly retentionRatio?: number;
  /** The number of steps the settings are meant for; a run of another number is refused. Default: `null`, any. */
  readonly numInferenceSteps?: number | null;
  /** Compute every step, as diffusers does while it measures ratios; here `engine.calibrate()` measures them. Default: false. */
  readonly calibrate?: boolean;
  /** How threshold and retention are compared: "paper" reuses below the threshold only, and rounds down. Default: "diffusers". */
  readonly variant?: "diffusers" | "paper";
  /** The run that the ratios were measured on; another one is refused. Default: `null`, any. */
  readonly calibratedFor?: CalibratedFor | null;
}

/**
 * MagCache (arXiv:2506.09045): the residual of the whole block stack grows from step to step by ratios that hardly
 * depend on the prompt, so how far a reused residual is off is known before the run. It is reused while the accumulated
 * error stays within `threshold`, at most `maxSkipSteps` times in a row.
 *
 * Comparison and rounding are diffusers' unless `variant` says otherwise; resampling of the ratios is diffusers'.
 * diffusers trusts `numInferenceSteps` and goes wrong silently where it is not the run's.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const magCache = (options: MagCacheOptions): CacheMethod => {
  const check = checks("magcache");
  knownOptions("magcache", options, [
    "magRatios",
    "threshold",
    "maxSkipSteps",
    "retentionRatio",
    "numInferenceSteps",
    "calibrate",
    "variant",
    "calibratedFor",
  ]);
  const { calibrate = false } = options;
  check.boolean("calibrate", calibrate);
  const {
    magRatios = calibrate ? [1] : undefined,
    threshold = 0.06,
    maxSkipSteps = 3,
    retentionRatio = 0.2,
    numInferenceSteps = null,
    variant = "diffusers",
    calibratedFor = null,
  } = options;
  if (!Array.isArray(magRatios) || magRatios.length === 0)
    check.refuse("magRatios", magRatios, "the ratios of a calibration run: they have no default");
  for (const ratio of magRatios as readonly number[]) check.number("magRatios", ratio, 0);
  check.number("threshold", threshold, 0);
  check.whole("maxSkipSteps", maxSkipSteps, 0);
  check.number("retentionRatio", retentionRatio, 0, 1);
  if (numInferenceSteps !== null) check.whole("numInferenceSteps", numInferenceSteps, 1);
  check.oneOf("variant", variant, ["diffusers", "paper"]);
  check.calibration("calibratedFor", calibratedFor);
  return {
    name: "magcache",
    source: "arXiv:2506.09045",
    options: {
      magRatios,
      threshold,
      maxSkipSteps,
      retentionRatio,
      numInferenceSteps,
      calibrate,
      variant,
      calibratedFor,
    },
    ...(calibratedFor ? { calibratedFor } : {}),
    sites: (model) => [model.blocks()],
    start({ steps }) {
      if (numInferenceSteps !== null && numInferenceSteps !== steps)
        check.refuse("numInferenceSteps", numInferenceSteps, `the ${steps} steps of this run, or null`);
      const ratios = resampled(magRatios as readonly number[], steps);
      const first = Math.floor(retentionRatio * steps + (variant === "paper" ? 0 : 0.5));
      // diffusers sums in float32, which decides where an error meets the threshold: 1.01 is then within 0.01 of 1.
      const rounded = variant === "paper" ? (value: number) => value : Math.fround;
      let [ratio, error, skips] = [1, 0, 0];
      return ({ step, forced, because }) => {
        if (step >= first && !forced && !calibrate) {
          ratio = rounded(ratio * rounded(ratios[step] ?? 1));
          skips += 1;
          error = rounded(error + Math.abs(rounded(1 - ratio)));
          because({ accumulated: error, threshold });
          const near = variant === "paper" ? error < threshold : error <= rounded(threshold);
          if (near && skips <= maxSkipSteps) return reuse;
        }
        [ratio, error, skips] = [1, 0, 0];
        return compute;
      };
    },
  };
};

/** Ratios for another number of steps, by the nearest one; ties to even and places in float32, as torch has them. */
export const resampled = (ratios: readonly number[], steps: number): readonly number[] => {
  if (ratios.length === steps) return ratios;
  const last = ratios.length - 1;
  if (steps === 1) return [ratios[last] as number];
  const scale = Math.fround(last / (steps - 1));
  return Array.from({ length: steps }, (_, step) => ratios[roundHalfEven(Math.fround(step * scale))] as number);
};

const roundHalfEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest === 0.5 ? floor + (floor % 2) : Math.round(value);
};
