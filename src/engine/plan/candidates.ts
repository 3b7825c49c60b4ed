import { ladders } from "../cache/ladders.js";
import { type MethodName, methods } from "../cache/methods/index.js";
import { EngineError } from "../errors.js";
import { accept, aFunction, anAmount, anObject, aSwitch, aText, fields, listOf } from "../expect.js";
import { aRequest } from "./checks.js";
import { type Band, expectedSpeedUp } from "./expected-time.js";
import { type PlanRequest, planRun } from "./plan-run.js";
import { aShare, sharesToPlan } from "./shares-to-plan.js";
import { methodToPlan, needsShare, type Options, usualOptions } from "./usual-options.js";

/** One method with one setting on a model. */
export interface Candidate {
  /** Its name. */
  readonly method: MethodName;
  /** As `methodFromName` takes them, without numbers of a calibration. */
  readonly options: Options;
  /** The share of steps, 0 … 1, that was assumed to be skipped, where the method decides by data. */
  readonly share?: number;
  /** The share of steps, 0 … 1, that a published run with these settings skipped. */
  readonly recorded?: number;
  /** Operations of the uncached run by those of this one. */
  readonly ideal: number;
  /** What of it is expected to arrive. */
  readonly expected: Band;
  /** Bytes that are kept at once. */
  readonly cacheBytes: number;
}

/** Which settings are planned. */
export interface CandidatesOptions {
  /** The usual setting of each method, or those of its ladder too. Default false. */
  readonly many?: boolean;
  /** The share for methods that decide by data; default: that of a published run, or else {@link usualShare}. */
  readonly share?: number;
  /** Options that are published for this model, by method. */
  readonly published?: (method: MethodName) => Options | undefined;
}

const triedShares = [0.3, 0.5, 0.65];
/** Whose ladders name what only some networks have, or count on a model's own ratios. */
const unfit: readonly MethodName[] = ["pab", "magcache"];

const settingsOf = (
  { card }: PlanRequest,
  method: MethodName,
  { many = false, share, published }: CandidatesOptions,
): readonly { readonly options: Options; readonly share?: number }[] => {
  const usual = { ...usualOptions(card, method), ...published?.(method) };
  if (needsShare(method, usual))
    return (many ? triedShares : [share]).map((one) => ({
      options: usual,
      ...(one === undefined ? {} : { share: one }),
    }));
  const more = many && !unfit.includes(method) ? ladders[method] : [];
  const all = [usual, ...more].map((options) => JSON.stringify(options));
  return [...new Set(all)].map((options) => ({ options: JSON.parse(options) as Options }));
};

/** A run on which methods are tried. */
export type CandidatesRequest = Omit<PlanRequest, "methods" | "secondExpert" | "shares" | "readings">;

const planned = function* (request: CandidatesRequest, steps: number, choice: CandidatesOptions): Generator<Candidate> {
  for (const method of Object.keys(methods) as MethodName[])
    for (const { options, share } of settingsOf(request, method, choice))
      try {
        const shares = sharesToPlan(method, options, { card: request.card, steps, share });
        const { [method]: set } = shares;
        const plan = planRun({ ...request, methods: [methodToPlan(method, options, steps)], shares });
        const { idealSpeedUp: ideal, cacheBytes, recordedShares: [run] = [] } = plan;
        if (ideal < 1.0005) continue;
        yield {
          ...{ method, options, ideal, cacheBytes, expected: expectedSpeedUp(plan) },
          ...(run ? { recorded: run.share } : {}),
          ...(set === undefined ? {} : { share: set }),
        };
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        // It has nothing to act on in this network, as text keys and values in FLUX.
      }
};

/**
 * Every method on a model, planned one at a time as the result is read: nothing is run. A method that finds nothing to
 * act on in this network, or gains nothing under a setting, is left out.
 *
 * @throws EngineError "input-invalid"; for a run that cannot be planned, as `planRun`
 */
export const candidates = (request: CandidatesRequest, choice: CandidatesOptions = {}): Generator<Candidate> => {
  const aChoice = fields({ "many?": aSwitch, "share?": aShare, "published?": aFunction });
  accept("candidates", { request: [request, aRequest], choice: [choice, aChoice] });
  return planned(request, planRun(request).steps, choice);
};

/** What a reader wants of a method. */
export interface Wish {
  /** Least speed-up; 0 or 1 where it does not matter. */
  readonly speedup?: number;
  /** Most bytes kept; default: any. */
  readonly cacheBytes?: number;
}

const aCandidate = fields({
  ...{ method: aText, options: anObject, "share?": anAmount, "recorded?": anAmount, ideal: anAmount },
  ...{ expected: listOf(anAmount, { least: 2, most: 2 }), cacheBytes: anAmount },
});

/** Those that may reach a wish, by the upper end of what is expected: the leanest first, then the fastest. */
export const fulfilling = (all: readonly Candidate[], wish: Wish): readonly Candidate[] => {
  const aWish = fields({ "speedup?": anAmount, "cacheBytes?": anAmount });
  accept("fulfilling", { all: [all, listOf(aCandidate)], wish: [wish, aWish] });
  const { speedup = 0, cacheBytes = Number.POSITIVE_INFINITY } = wish;
  return all
    .filter((one) => one.expected[1] >= speedup && one.cacheBytes <= cacheBytes)
    .toSorted((a, b) => a.cacheBytes - b.cacheBytes || b.ideal - a.ideal);
};
