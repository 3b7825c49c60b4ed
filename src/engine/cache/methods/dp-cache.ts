import { type CacheMethod, type CalibratedFor, compute, reuse } from "../../method.js";
import { checkJumpErrors, type JumpErrors, jumpCost } from "../jump-errors.js";
import { checks, knownOptions } from "../options.js";
import { fewestSteps, planSteps, type StepPlan } from "../step-plan.js";

/** Options of {@link dpCache}; names are SGLang's. */
export interface DpCacheOptions {
  /** What a calibration run measured. Required. */
  readonly errors: JumpErrors;
  /** How many steps are computed; `null` for a share of them. Default: `null`. */
  readonly numFullSteps?: number | null;
  /** Share of the steps that is computed, rounded up, where `numFullSteps` does not say how many. Default: 0.5. */
  readonly share?: number;
  /** Steps from the first on that are computed in any plan; a line needs 2. Default: 3. */
  readonly mandatory?: number;
  /** Compute the last step. Default: false. */
  readonly forceLastFull?: boolean;
  /** Most steps from a computed one to the next, and to the end; `null` for no bound. Default: `null`. */
  readonly maxGap?: number | null;
  /** "sum" of all errors (DPCache); "minimax", the worst jump first, then the second worst, and so on (LeMiCa). Default: "sum". */
  readonly objective?: "sum" | "minimax";
  /** How a step is estimated: by the line through the last two computed outputs, or by the last one. Default: "line". */
  readonly estimate?: "line" | "reuse";
  /** The run that the errors were measured on; another one is refused. Default: `null`, any of as many steps. */
  readonly calibratedFor?: CalibratedFor | null;
}

/**
 * DPCache (arXiv:2602.22654) and LeMiCa (arXiv:2511.00090): which steps are computed is planned before the run. A
 * calibration measures what every jump from one computed step to the next would lose; of all masks with so many computed
 * steps the one that loses least is found exactly. Other steps take an estimate of the last block's output.
 *
 * Costs, plan and line are those of SGLang (`runtime/cache/dpcache.py`). DPCache's authors have published no code.
 *
 * Differs: features are float32, in SGLang bfloat16. LeMiCa weighs a jump by what it does to the finished clip, by a run
 * for each; here by the errors of the features, of one run.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const dpCache = (options: DpCacheOptions): CacheMethod => {
  const resolved = resolve(options);
  const { estimate, calibratedFor } = resolved;
  return {
    name: "dpcache",
    source: "arXiv:2602.22654",
    options: { ...resolved },
    history: estimate === "line" ? 2 : 1,
    ...(calibratedFor ? { calibratedFor } : {}),
    sites: (model) => [{ ...model.blocks(), keeps: "value" }],
    start({ steps }) {
      const computed = new Set(planned(resolved, steps).computed);
      return ({ step, computed: [at, before] }) => {
        if (computed.has(step)) return compute;
        if (before === undefined || at === undefined) return reuse;
        const way = (step - at) / (at - before);
        return { weights: [1 + way, -way] };
      };
    },
  };
};

/**
 * The plan of {@link dpCache} for a run of `steps`, with its predicted loss.
 * @throws EngineError as `dpCache`; "option-invalid" for errors of another number of steps, or a budget out of reach
 */
export const dpCachePlan = (options: DpCacheOptions, steps: number): StepPlan =>
  planned(resolve(options), checks("dpcache").whole("steps", steps, 1, 1000));

const resolve = (options: DpCacheOptions): Required<DpCacheOptions> => {
  knownOptions("dpcache", options, ["errors", ...Object.keys(defaults)]);
  const resolved = { ...defaults, ...options };
  const { errors, numFullSteps, share, mandatory, forceLastFull, maxGap, objective, estimate, calibratedFor } =
    resolved;
  const check = checks("dpcache");
  if (errors === undefined) check.refuse("errors", errors, "the errors of a calibration run: they have no default");
  checkJumpErrors(check, errors);
  check.oneOf("objective", objective, ["sum", "minimax"]);
  const least = check.oneOf("estimate", estimate, ["line", "reuse"]) === "line" ? 2 : 1;
  check.whole("mandatory", mandatory, least);
  if (numFullSteps !== null) check.whole("numFullSteps", numFullSteps, mandatory);
  check.number("share", share, 0, 1);
  check.boolean("forceLastFull", forceLastFull);
  if (maxGap !== null) check.whole("maxGap", maxGap, 1);
  check.calibration("calibratedFor", calibratedFor);
  return resolved;
};

const planned = (options: Required<DpCacheOptions>, steps: number): StepPlan => {
  const { errors, numFullSteps, share, mandatory, forceLastFull: last, objective, estimate } = options;
  const check = checks("dpcache");
  const measured = errors.reuse.length + 1;
  if (measured !== steps)
    check.refuse("errors", measured, `those of a run of ${steps} steps; these are of ${measured}`);
  const bounds = { steps, leading: Math.min(mandatory, steps), last, maxGap: options.maxGap ?? steps };
  const fewest = fewestSteps(bounds);
  const budget = numFullSteps ?? Math.max(fewest, Math.ceil(share * steps));
  const plan =
    budget >= fewest && budget <= steps
      ? planSteps({ ...bounds, budget, objective, cost: jumpCost(errors, estimate) })
      : undefined;
  return (
    plan ??
    check.refuse("numFullSteps", budget, `a whole number from ${fewest} to ${steps} for a run of ${steps} steps`)
  );
};

const defaults = {
  numFullSteps: null,
  share: 0.5,
  mandatory: 3,
  forceLastFull: false,
  maxGap: null,
  objective: "sum",
  estimate: "line",
  calibratedFor: null,
} as const satisfies Omit<Required<DpCacheOptions>, "errors">;
