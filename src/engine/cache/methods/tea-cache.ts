import { type CacheMethod, type CalibratedFor, compute, reuse } from "../../method.js";
import { polynomial } from "../forecast.js";
import { checks, knownOptions, relativeChange } from "../options.js";

/** Options of {@link teaCache}, under the names of the authors' scripts. */
export interface TeaCacheOptions {
  /** Polynomial from the signal's relative change to the output's, highest power first. Required: fitted per checkpoint. */
  readonly coefficients: readonly number[];
  /** Largest accumulated estimate of the output's relative change. Default: 0.2. */
  readonly relL1Thresh?: number;
  /**
   * What is compared from step to step: what enters the first attention, or the timestep's embedding alone, which makes
   * the schedule the same for every prompt. Default: "modulated-input".
   */
  readonly signal?: "modulated-input" | "timestep-embedding";
  /** The run that the coefficients were fitted on; another one is refused. Default: `null`, any. */
  readonly calibratedFor?: CalibratedFor | null;
}

/**
 * TeaCache (arXiv:2411.19108): the relative change of the timestep-modulated input, through a polynomial fitted once per
 * model, estimates how much the output changes; while the sum since the last computed step stays below the threshold,
 * the residual of the whole block stack is added again. First and last step are computed.
 *
 * Some published polynomials turn negative for changes that occur, and the sum shrinks: skipping without end. Here an
 * estimate is at least 0, and the trace marks such a step `negative`. The signal is compared with the step before,
 * computed or not, unlike FirstBlockCache's.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const teaCache = (options: TeaCacheOptions): CacheMethod => {
  knownOptions("teacache", options, ["coefficients", "relL1Thresh", "signal", "calibratedFor"]);
  const { coefficients, relL1Thresh = 0.2, signal = "modulated-input", calibratedFor = null } = options;
  const check = checks("teacache");
  check.numbers("coefficients", coefficients, "the polynomial of a calibration run: it has no default");
  check.number("relL1Thresh", relL1Thresh, 0);
  check.oneOf("signal", signal, ["modulated-input", "timestep-embedding"]);
  check.calibration("calibratedFor", calibratedFor);
  return {
    name: "teacache",
    source: "arXiv:2411.19108",
    options: { coefficients, relL1Thresh, signal, calibratedFor },
    ...(calibratedFor ? { calibratedFor } : {}),
    sites: (model) => [model.blocks()],
    probes: () => [{ tap: signal, since: "last-step" }],
    start({ steps }) {
      let accumulated = 0;
      return ({ step, readings: [reading], forced, because }) => {
        if (reading && step < steps - 1 && !forced) {
          const estimate = polynomial(coefficients, relativeChange(reading.change, reading.magnitude));
          accumulated += Math.max(0, estimate);
          because({ accumulated, threshold: relL1Thresh, ...(estimate < 0 ? { negative: true } : {}) });
          if (accumulated < relL1Thresh) return reuse;
        }
        accumulated = 0;
        return compute;
      };
    },
  };
};
