import { accept, aMethod } from "../expect.js";
import {
  type CacheMethod,
  type CalibratedFor,
  compute,
  type Decision,
  type RunFacts,
  reuse,
  type Visit,
} from "../method.js";
import { loadDecomposition } from "./decomposition.js";
import { fittedWeights, type Grams, gramOf } from "./fitted.js";
import { dmd, type Forecaster, foca, hermite, taylor } from "./forecast.js";
import { checks, knownOptions } from "./options.js";

// What any method can be given on top of its own options.

/** Limits around a method's decisions. All off by default. */
export interface Guards {
  /** Compute every step before this one. Default: 0. */
  readonly warmupSteps?: number;
  /** Compute the last step. Default: false. */
  readonly lastStep?: boolean;
  /** Most estimates in a row at one site; `null` for no limit. Default: `null`. */
  readonly maxConsecutive?: number | null;
}

/**
 * The same method, but some steps are computed whatever it says. It is asked in those too, with `forced` set, so that
 * what it accumulates starts anew.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const guarded = (method: CacheMethod, guards: Guards): CacheMethod => {
  accept("guarded", { method: [method, aMethod] });
  const name = `${method.name}, guards`;
  checks(method.name).record("guards", guards);
  knownOptions(name, guards, ["warmupSteps", "lastStep", "maxConsecutive"]);
  const { warmupSteps = 0, lastStep = false, maxConsecutive = null } = guards;
  const check = checks(name);
  check.whole("warmupSteps", warmupSteps, 0);
  check.boolean("lastStep", lastStep);
  if (maxConsecutive !== null) check.whole("maxConsecutive", maxConsecutive, 0);
  const wrap = (one: CacheMethod): CacheMethod => ({
    ...one,
    options: { ...one.options, guards },
    ...(one.parts ? { parts: one.parts.map(wrap) } : {}),
    start(run: RunFacts) {
      const decide = one.start(run);
      const estimates = new Map<string, number>();
      return (visit: Visit): Decision => {
        const inARow = estimates.get(visit.site.id) ?? 0;
        const forced =
          visit.forced ||
          visit.step < warmupSteps ||
          (lastStep && visit.step === run.steps - 1) ||
          (maxConsecutive !== null && inARow >= maxConsecutive);
        const answer = decide({ ...visit, forced });
        const decision = forced ? compute : answer;
        estimates.set(visit.site.id, decision === compute ? 0 : inARow + 1);
        return decision;
      };
    },
  });
  return wrap(method);
};

/**
 * How to carry a feature on: by TaylorSeer (arXiv:2503.06923), by HiCache's Hermite polynomials (arXiv:2508.16984), or by
 * FoCa (arXiv:2508.16211), by dynamic mode decomposition of the last six features, or by weights fitted to a calibration (L²P, arXiv:2604.26365). `order`, the highest difference
 * used, is 0 (reuse) to 3, default 1; `scale`, HiCache's σ, is 0 (reuse) to 1, default 0.5. `grams` are what a
 * calibration measured; `history` features are kept, 1 to 8, default 3; `ridge`, relative to the mean square of the
 * features, is 0 or more, default 1e-6; a run that the numbers were not measured on is refused by `calibratedFor`.
 */
export type Forecast =
  | { readonly by: "taylorseer"; readonly order?: number }
  | { readonly by: "hermite"; readonly order?: number; readonly scale?: number }
  | { readonly by: "foca" }
  | { readonly by: "dmd" }
  | {
      readonly by: "l2p";
      readonly grams: Grams;
      readonly history?: number;
      readonly ridge?: number;
      readonly calibratedFor?: CalibratedFor | null;
    };

const forecastOptions = {
  taylorseer: ["by", "order"],
  hermite: ["by", "order", "scale"],
  foca: ["by"],
  dmd: ["by"],
  l2p: ["by", "grams", "history", "ridge", "calibratedFor"],
} as const;

const forecasterOf = (method: CacheMethod, forecast: Forecast): Forecaster => {
  const check = checks(`${method.name}, forecast`);
  checks(method.name).record("forecast", forecast);
  check.oneOf("by", forecast.by, Object.keys(forecastOptions));
  knownOptions(`${method.name}, forecast by ${forecast.by}`, forecast, forecastOptions[forecast.by]);
  if (forecast.by === "foca") return foca;
  if (forecast.by === "dmd") {
    loadDecomposition().catch(() => {}); // a method may be asked here and run elsewhere; where it runs, this is said
    return dmd;
  }
  if (forecast.by === "l2p") return fitted(check, forecast);
  const order = check.whole("order", forecast.order ?? 1, 0, 3);
  if (forecast.by === "taylorseer") return taylor(order);
  return hermite(order, check.number("scale", forecast.scale ?? 0.5, 0, 1));
};

/** L²P: weights of each step by least squares over the steps of a calibration. */
const fitted = (check: ReturnType<typeof checks>, forecast: Extract<Forecast, { by: "l2p" }>): Forecaster => {
  const { grams, history = 3, ridge = 1e-6, calibratedFor = null } = forecast;
  const expected = "products of a calibration run, by site: they have no default";
  for (const gram of Object.values(check.record("grams", grams)))
    for (const row of check.list("grams", gram, expected)) check.numbers("grams", row, expected);
  check.whole("history", history, 1, 8);
  check.number("ridge", ridge, 0);
  check.calibration("calibratedFor", calibratedFor);
  return {
    history,
    keeps: "computed",
    weights(computed, step, site) {
      const gram = gramOf(grams, site);
      const steps = [...computed, step].toSorted((a, b) => a - b);
      const reach = (steps.at(-1) as number) - (steps[0] as number);
      if (!gram || !(reach in (gram[step] ?? [])))
        return check.refuse(
          "grams",
          Object.keys(grams).join(", "),
          `products of ${site.id}, steps ${steps.join(", ")}`,
        );
      const weights = fittedWeights(gram, computed, step, ridge);
      return (
        weights ??
        check.refuse(
          "ridge",
          ridge,
          `more: the features of ${site.id} at steps ${steps.join(", ")} depend on each other`,
        )
      );
    },
  };
};

/**
 * The same method, deciding when to compute as before, but a feature that it would reuse as it was is forecast instead.
 *
 * @throws EngineError "option-unknown"; "option-invalid", also for a method that weighs its features itself
 */
export const withForecast = (method: CacheMethod, forecast: Forecast): CacheMethod => {
  accept("withForecast", { method: [method, aMethod] });
  const forecaster = forecasterOf(method, forecast);
  const wrap = (one: CacheMethod): CacheMethod => {
    if (!one.parts && (one.bands || one.keeps || (one.history ?? 1) > 1))
      checks(one.name).refuse("forecast", forecast, "none: this method carries its features on by itself");
    return {
      ...one,
      options: { ...one.options, forecast },
      ...(forecast.by === "l2p" && forecast.calibratedFor ? { calibratedFor: forecast.calibratedFor } : {}),
      history: forecaster.history,
      keeps: forecaster.keeps,
      ...(forecaster.products ? { products: true } : {}),
      ...(one.parts ? { parts: one.parts.map(wrap) } : {}),
      start(run: RunFacts) {
        const decide = one.start(run);
        return (visit: Visit): Decision => {
          const decision = decide(visit);
          return decision === reuse
            ? { weights: forecaster.weights(visit.computed, visit.step, visit.site, visit.products) }
            : decision;
        };
      },
    };
  };
  return wrap(method);
};
