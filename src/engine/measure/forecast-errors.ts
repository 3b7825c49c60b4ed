import { withForecast } from "../cache/compose.js";
import { checkGram, type Gram } from "../cache/fitted.js";
import { oneSite } from "../cache/one-site.js";
import { checks } from "../cache/options.js";
import { accept, aMethod, fields, is } from "../expect.js";
import { type CacheMethod, compute } from "../method.js";

/** What can stand in a skipped step for the feature that is not computed, each made of the same kept features. */
export const fillings = [
  { name: "reuse", title: "Reuse" },
  { name: "line", title: "Line" },
  { name: "taylor", title: "Taylor" },
  { name: "hermite", title: "Hermite" },
  { name: "foca", title: "FoCa" },
  { name: "dmd", title: "DMD" },
  { name: "fitted", title: "Fitted" },
] as const;

/** A name in {@link fillings}. */
export type Filling = (typeof fillings)[number]["name"];

/** What {@link filled} fills in. */
export interface FillingOptions {
  /** Decides which steps are computed, and reuses in the others. */
  readonly method: CacheMethod;
  /** Highest difference of Taylor and Hermite, 0 (reuse) to 3; fitted weights keep one feature more. Default: 2. */
  readonly order?: number;
  /** What fitted weights are fitted to: a calibration's products, `l2p.grams`, at the site of this name or kind. */
  readonly grams: Readonly<Record<string, Gram>>;
}

/**
 * One schedule with each way to fill in what it skips: {@link fillings} as methods.
 * @throws EngineError "option-invalid"
 */
export const filled = (options: FillingOptions): Readonly<Record<Filling, CacheMethod>> => {
  accept("filled", { options: [options, fields({ method: aMethod })] });
  const { method, order = 2, grams } = options;
  const past = checks("filled").whole("order", order, 0, 3) + 1;
  return {
    reuse: method,
    line: withForecast(method, { by: "taylorseer", order: 1 }),
    taylor: withForecast(method, { by: "taylorseer", order }),
    hermite: withForecast(method, { by: "hermite", order }),
    foca: withForecast(method, { by: "foca" }),
    dmd: withForecast(method, { by: "dmd" }),
    fitted: withForecast(method, { by: "l2p", grams, history: past }),
  };
};

/** Of one place of one run. */
export interface ForecastErrorsOptions {
  /** Products of the features of all steps, each with all before it: `l2p.grams` of `engine.calibrate`. */
  readonly gram: Gram;
  /** Which steps are computed: decides by the number of the step alone, and reuses in the others. */
  readonly method: CacheMethod;
  /** Highest difference of Taylor and Hermite, 0 (reuse) to 3. Default: 2. */
  readonly order?: number;
  /** Products that weights are fitted to, of other runs of as many steps. Default: `gram`, which no other run beats. */
  readonly fittedTo?: Gram;
}

/** How far forecasts are from the features that they stand for. */
export interface ForecastErrors {
  /** Steps that are computed, from 0. */
  readonly computed: readonly number[];
  /** ‖estimate − feature‖ / ‖feature‖ in every step; 0 where it is computed. */
  readonly errors: Readonly<Record<Filling, readonly number[]>>;
}

const length = (vector: Float32Array): number => Math.hypot(...vector);

/**
 * One vector for each step, with as many numbers as there are steps, whose products are those of the features (Cholesky's
 * factor): every forecast of them has the weights, the length and the error that it has of the features themselves.
 */
const standIns = (gram: Gram): readonly Float32Array[] => {
  const factor = gram.map(() => new Float64Array(gram.length));
  for (const [step, row] of factor.entries())
    for (let other = 0; other <= step; other++) {
      const earlier = factor[other] as Float64Array;
      let rest = gram[step]?.[step - other] as number;
      for (let at = 0; at < other; at++) rest -= (row[at] as number) * (earlier[at] as number);
      // What depends on the steps before it has nothing of its own; rounding may leave it below 0.
      const own = earlier[other] as number;
      row[other] = other === step ? Math.sqrt(Math.max(0, rest)) : own > 0 ? rest / own : 0;
    }
  return factor.map((row) => Float32Array.from(row));
};

/**
 * Compares all {@link fillings} on the features of one uncached run: in every step that `method` skips, how far each is
 * from the feature that the run computed there. Only products are needed, so that one calibration answers for every
 * schedule. In a run the error of a forecast also changes what is computed after it; that is not seen here.
 *
 * @throws EngineError "option-invalid" for products that are not of all pairs of steps, and for a method that measures
 */
export const forecastErrors = (options: ForecastErrorsOptions): ForecastErrors => {
  const aGram = is("a list of products for each step", Array.isArray);
  accept("forecastErrors", { options: [options, fields({ method: aMethod, gram: aGram })] });
  const { gram, method, order, fittedTo = gram } = options;
  const check = checks("forecastErrors");
  for (const [name, one] of Object.entries({ gram, fittedTo })) checkGram(check, name, one);
  if (fittedTo.length !== gram.length) check.refuse("fittedTo", fittedTo.length, `products of ${gram.length} steps`);
  const timesteps = gram.map((_, step) => 1000 * (1 - step / gram.length));
  const features = standIns(gram);
  const stepsOf = (one: CacheMethod) => {
    const next = oneSite({ method: one, timesteps });
    return features.map((feature) => next(() => feature));
  };
  // Wherever the method acts: there is one place, and it has this run's features.
  const grams = { "feed-forward": fittedTo, "blocks.0-1": fittedTo, output: fittedTo };
  const methods = filled({ method, grams, ...(order === undefined ? {} : { order }) });
  const errorsOf = (one: CacheMethod): readonly number[] =>
    stepsOf(one).map(({ value }, step) => {
      const feature = features[step] as Float32Array;
      const apart = length(value.map((number, at) => number - (feature[at] as number)));
      return apart === 0 ? 0 : apart / length(feature);
    });
  const errors = Object.fromEntries(fillings.map(({ name }) => [name, errorsOf(methods[name])]));
  return {
    computed: stepsOf(method).flatMap(({ decision }, step) => (decision === compute ? step : [])),
    errors: errors as Record<Filling, readonly number[]>,
  };
};
