import type { Handle } from "../backends/backend.js";
import { EngineError } from "../errors.js";
import { accept, aMethod, aNumber, fields, is, listOf, oneOf } from "../expect.js";
import { combineCpu } from "../kernels/cpu.js";
import { type CacheMethod, compute, type Decision, type Site } from "../method.js";
import { siteMap } from "../models/sites.js";
import { activeSites, decider, knownAhead, type Verdict } from "./decide.js";
import { giveDecomposition } from "./decomposition.js";
import * as decomposition from "./dmd.js";
import { featureHistory, handleCounts } from "./history.js";

const kinds = ["spatial-attention", "temporal-attention", "cross-attention", "feed-forward"] as const;

/** What {@link oneSite} carries out. */
export interface OneSiteOptions {
  /** Decides by steps alone: without probes. */
  readonly method: CacheMethod;
  /** As a model would receive them, noise first. */
  readonly timesteps: readonly number[];
  /** What the method takes the site for. Default: "feed-forward". */
  readonly kind?: (typeof kinds)[number];
}

/** What a step took. */
export interface SiteStep {
  /** What the method answered. */
  readonly decision: Decision;
  /** Computed, or Σ weights · kept. Not to be written to. */
  readonly value: Float32Array;
}

/** A value that may stand for one computed at a site. */
interface Kept extends Handle {
  readonly data: Float32Array;
}

const kept = (data: Float32Array): Kept => ({ dims: [data.length], bytes: data.byteLength, data });

/** Plain arrays in place of a backend's tensors: they are never released. */
const arrays = {
  combine: (terms: readonly { readonly handle: Handle; readonly weight: number }[]): Handle =>
    kept(combineCpu(terms.map(({ handle, weight }) => ({ data: (handle as Kept).data, weight })))),
  read: async (handle: Handle): Promise<Float32Array> => (handle as Kept).data,
  release: () => {},
};

const productOf = (a: Handle, b: Handle): number =>
  (a as Kept).data.reduce((sum, value, at) => sum + value * ((b as Kept).data[at] as number), 0);

const aValue = is("a Float32Array", (value) => value instanceof Float32Array);

const refuse = (method: CacheMethod, why: string): never => {
  throw new EngineError("option-invalid", `${method.name} ${why}, which numbers at one site do not have.`, {
    hint: "Take a method that decides by steps, such as fora or taylorSeer, or run it in an engine.",
  });
};

/**
 * Carries out a method at one site whose values a program computes by itself, without a model or a backend: decisions,
 * kept features and estimates are those of a run. Each call is the next step.
 *
 * @returns a function that takes what computes the step's value, and calls it where the method computes
 * @throws EngineError "site-missing" for a method that wants a site of another kind, "option-invalid" for one that
 *   measures or keeps frequency bands; "input-invalid", also for a step beyond the last
 */
export const oneSite = (options: OneSiteOptions): ((value: () => Float32Array) => SiteStep) => {
  const timesteps = listOf(aNumber, { most: 10_000 });
  accept("oneSite", { options: [options, fields({ method: aMethod, timesteps, "kind?": oneOf(...kinds) })] });
  const { method, kind = "feed-forward" } = options;
  const steps = options.timesteps.length;
  const subLayer: Site = { id: kind, kind, from: 0, to: 1, values: [kind], keeps: "value" };
  const whole = { subLayers: [subLayer], blocks: [{ from: 0, to: 1 }], stream: ["x"], parts: 1, output: "prediction" };
  const sites = siteMap(whole);
  const [one, second] = activeSites([method], sites);
  if (!one || second) return refuse(method, "acts at several places");
  if (!knownAhead(method, sites)) return refuse(method, "decides by what it measures");
  if (one.method.bands) return refuse(method, "keeps frequency bands");
  if (one.method.products) giveDecomposition(decomposition);
  const deciding = decider([one], { steps, timesteps: options.timesteps, branch: "cond" });
  const history = featureHistory(arrays, handleCounts(arrays));
  const { keeps, history: limit = 1 } = one.method;
  let step = 0;
  let length: number | undefined;
  const computed = (value: () => Float32Array): Kept => {
    const data = value();
    accept("oneSite", { value: [data, aValue] });
    length ??= data.length;
    if (data.length === length) return kept(data);
    throw new EngineError("input-invalid", `Step ${step} has ${data.length} numbers, the steps before it ${length}.`);
  };
  return (value) => {
    if (step >= steps) throw new EngineError("input-invalid", `Step ${step} is beyond the last of ${steps}.`);
    const features = one.method.products ? history.newest(one.site).map(([only]) => only as Handle) : undefined;
    const products = features?.map((feature) => features.map((other) => productOf(feature, other)));
    const { decision } = deciding.visit(one, step, [], true, products) as Verdict; // known ahead, so at once
    const taken = decision === compute ? computed(value) : (history.estimate(one.site, decision)[0] as Kept);
    if (keeps === "both") history.pushRecent(one.site, [taken]);
    if (decision === compute || keeps === "every visit") history.push(one.site, [taken], limit);
    deciding.record(one, step, decision);
    step += 1;
    return { decision, value: taken.data };
  };
};
