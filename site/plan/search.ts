import { type Band, expectedSpeedUp, ladders, type MethodName, methods, modelCard } from "diffusion-cache";
import { type Choice, needsShare, planOf, usualOptions, usualShare } from "./choice.js";

/** One method with one setting on the model of the page. */
export interface Candidate {
  readonly method: MethodName;
  readonly options: string;
  /** There where the method decides by data and no published run says how much. */
  readonly share?: number;
  /** What a published run with these settings skipped. */
  readonly recorded?: number;
  readonly ideal: number;
  readonly expected: Band;
  readonly cacheBytes: number;
}

/** What the reader wants; 0 where it does not matter. */
export interface Wish {
  readonly speedUp: number;
  readonly gib: number;
}

const shares = [0.3, 0.5, 0.65];

/** Settings to try: the usual ones alone, or those of the ladder, and some shares where data decide. */
const settingsOf = (
  choice: Choice,
  method: MethodName,
  many: boolean,
  published: Readonly<Record<string, unknown>> | undefined,
): readonly { readonly options: Readonly<Record<string, unknown>>; readonly share?: number }[] => {
  const usual = { ...usualOptions(modelCard(choice.card), method), ...published };
  if (needsShare(method, usual)) return (many ? shares : [choice.share]).map((share) => ({ options: usual, share }));
  const more = many && !["pab", "magcache"].includes(method) ? ladders[method] : [];
  const all = [usual, ...more].map((options) => JSON.stringify(options));
  return [...new Set(all)].map((options) => ({ options: JSON.parse(options) as Readonly<Record<string, unknown>> }));
};

/**
 * All methods on the model of the page, one setting each or many; a method that finds nothing here is left out.
 * Gives way to the page between plans.
 */
export const candidates = async function* (
  choice: Choice,
  many: boolean,
  published: (method: string) => Readonly<Record<string, unknown>> | undefined,
): AsyncGenerator<Candidate> {
  for (const method of Object.keys(methods) as MethodName[])
    for (const setting of settingsOf(choice, method, many, published(method))) {
      await new Promise((done) => setTimeout(done));
      try {
        const options = JSON.stringify(setting.options);
        const { share } = setting;
        const { plan } = planOf({ ...choice, method, options, ...(share === undefined ? {} : { share }) });
        const { idealSpeedUp: ideal, cacheBytes, recordedShares: [run] = [] } = plan;
        if (ideal < 1.0005) continue;
        yield {
          ...{ method, options, ideal, cacheBytes },
          expected: expectedSpeedUp(plan),
          ...(run ? { recorded: run.share } : share === undefined ? {} : { share: share || usualShare }),
        };
      } catch {
        // It has nothing to act on in this network, as text keys and values in FLUX.
      }
    }
};

/** How ready a method is in the model's pipeline by what the support table says; nothing where diffusers has it not. */
export const readiness = (state: string | undefined): number =>
  ["works", "one-call", "own-callback", undefined].indexOf(state) + 1 || 5;

/** Those that meet a wish: what runs in the model's pipeline first, then the leanest. */
export const fulfilling = (
  all: readonly Candidate[],
  { speedUp, gib }: Wish,
  stateOf: (method: string) => string | undefined = () => undefined,
): readonly Candidate[] =>
  all
    .filter(({ expected, cacheBytes }) => expected[1] >= speedUp && (gib === 0 || cacheBytes <= gib * 2 ** 30))
    .toSorted(
      (a, b) =>
        readiness(stateOf(a.method)) - readiness(stateOf(b.method)) || a.cacheBytes - b.cacheBytes || b.ideal - a.ideal,
    );
