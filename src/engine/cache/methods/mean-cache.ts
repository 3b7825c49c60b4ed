import { type CacheMethod, type CalibratedFor, compute } from "../../method.js";
import { checkGram, type Gram } from "../fitted.js";
import { leastPath, type MeanCachePath, meanVelocityWeights } from "../mean-velocity.js";
import { checks, knownOptions } from "../options.js";
import { fewestSteps } from "../step-plan.js";

/** Options of {@link meanCache}: B, K and γ of the paper. */
export interface MeanCacheOptions {
  /** Products of guided predictions, as a calibration measures them. Default: `null`; required unless `path` is given. */
  readonly products?: Gram | null;
  /** A path to follow as it is, with products left unread. Default: `null`, the one that `products` say loses least. */
  readonly path?: MeanCachePath | null;
  /** B: how many steps are computed, the first and the last among them; `null` for a share of them. Default: `null`. */
  readonly budget?: number | null;
  /** Share of the steps that is computed, rounded up, where `budget` does not say how many. Default: 0.5. */
  readonly share?: number;
  /** Largest K of a gap, from 1 to 6. Default: 5, the largest in the authors' tables. */
  readonly maxOrder?: number;
  /** Most steps from a computed one to the next; `null` for no bound. Default: 8, the longest in the authors' tables. */
  readonly maxGap?: number | null;
  /** γ: errors are summed in this power, so that a large one weighs more. Default: 2; the authors' is not published. */
  readonly gamma?: number;
  /** The run that the products were measured on; another one is refused. Default: `null`, any of as many steps. */
  readonly calibratedFor?: CalibratedFor | null;
}

/**
 * MeanCache (arXiv:2601.19961): a skipped step takes the last guided prediction, moved on by what the mean velocity of the
 * last K steps says of its slope. A path found before the run says which steps are computed, and the K of each gap.
 *
 * The rule is that of UnicomAI/MeanCache at 2e12280. What finds a path is not published there: an error here is that of
 * the mean velocity over a gap, as the paper has it, and the path with the least sum of errors^γ is found exactly.
 *
 * Differs: a mean velocity is taken from predictions, there from latents, which under Euler steps of flow matching is the
 * same; under another sampler both are forecasts without that reason. An error is a root mean square, and a gap is walked
 * step by step, as a run does; in the paper it is a mean of absolute values, and one jump.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const meanCache = (options: MeanCacheOptions): CacheMethod => {
  const resolved = resolve(options);
  const { calibratedFor, maxOrder, path } = resolved;
  return {
    name: "meancache",
    source: "arXiv:2601.19961",
    options: { ...resolved },
    history: path ? Math.max(1, ...path.orders) : maxOrder,
    keeps: "every visit",
    ...(calibratedFor ? { calibratedFor } : {}),
    sites: (model) => [model.guided()],
    start({ timesteps }) {
      const { computed, orders } = planned(resolved, timesteps);
      return ({ step, computed: { length: kept }, because }) => {
        if (computed.includes(step)) return compute;
        const order = Math.min(kept, orders[computed.findLastIndex((at) => at < step)] ?? 1);
        because({ order });
        return { weights: meanVelocityWeights(timesteps, step, order) };
      };
    },
  };
};

/**
 * The path of {@link meanCache} through a run with these timesteps.
 * @throws EngineError as `meanCache`; "option-invalid" for products of another number of steps, or a budget out of reach
 */
export const meanCachePath = (options: MeanCacheOptions, timesteps: readonly number[]): MeanCachePath =>
  planned(resolve(options), check.numbers("timesteps", timesteps, "the timesteps of a run, noise first"));

const check = checks("meancache");

const resolve = (options: MeanCacheOptions): Required<MeanCacheOptions> => {
  knownOptions("meancache", options, Object.keys(defaults));
  const resolved = { ...defaults, ...options };
  const { products, path, budget, share, maxOrder, maxGap, gamma, calibratedFor } = resolved;
  if (path !== null) checkPath(path);
  else if (products === null) check.refuse("products", products, "those of a calibration run, or a path");
  if (products !== null) checkGram(check, "products", products);
  if (budget !== null) check.whole("budget", budget, 1);
  check.number("share", share, 0, 1);
  check.whole("maxOrder", maxOrder, 1, 6);
  if (maxGap !== null) check.whole("maxGap", maxGap, 1);
  check.number("gamma", gamma, 1, 10);
  check.calibration("calibratedFor", calibratedFor);
  return resolved;
};

const checkPath = (path: unknown): void => {
  const { computed, orders } = check.record("path", path);
  const steps = check.numbers("path", computed, "computed and orders: steps from 0 on, and a K for each gap");
  for (const [at, step] of steps.entries()) check.whole("path", step, at === 0 ? 0 : (steps[at - 1] as number) + 1);
  if (steps[0] !== 0) check.refuse("path", steps[0], "computed steps from 0 on");
  for (const order of check.list("path", orders, "orders: a K for each gap")) check.whole("path", order, 1, 6);
};

const planned = (options: Required<MeanCacheOptions>, times: readonly number[]): MeanCachePath => {
  const { products, path, maxOrder, maxGap, gamma } = options;
  const steps = times.length;
  if (path) {
    const last = path.computed.at(-1) as number;
    return last < steps ? path : check.refuse("path", last, `computed steps below ${steps}, in a run of as many`);
  }
  if (products?.length !== steps)
    return check.refuse("products", products?.length, `those of a run of ${steps} steps; these are of another`);
  const bounds = { steps, leading: 1, last: true, maxGap: maxGap ?? steps };
  const fewest = fewestSteps(bounds);
  const budget = options.budget ?? Math.max(fewest, Math.ceil(options.share * steps));
  if (budget < fewest || budget > steps)
    return check.refuse("budget", budget, `a whole number from ${fewest} to ${steps} for a run of ${steps} steps`);
  return leastPath(products, times, { ...bounds, budget, maxOrder, gamma });
};

const defaults = {
  products: null,
  path: null,
  budget: null,
  share: 0.5,
  maxOrder: 5,
  maxGap: 8,
  gamma: 2,
  calibratedFor: null,
} as const satisfies Required<MeanCacheOptions>;
