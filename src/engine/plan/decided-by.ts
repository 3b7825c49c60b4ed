import { knownAhead } from "../cache/decide.js";
import { EngineError, shown } from "../errors.js";
import { type CacheMethod, compute, reuse, type SiteMap } from "../method.js";

/**
 * What a method's decisions were taken from: its settings alone, a recorded run's readings, the share of steps that a
 * published run with these settings skipped, or a share that was set.
 */
export type DecidedBy = "settings" | "readings" | "recorded" | "share";

/** By method: of the visits that could be skipped, how many are, 0 … 1. */
export type Shares = Readonly<Record<string, number>>;

/** The methods themselves, without what combines them. */
export const leaves = (methods: readonly CacheMethod[]): readonly CacheMethod[] =>
  methods.flatMap((method) => method.parts ?? [method]);

/**
 * What each method's decisions are taken from.
 * @throws EngineError "needs-readings" for one that decides by data of which there are neither readings nor a share
 */
export const decidedBy = (
  methods: readonly CacheMethod[],
  sites: SiteMap,
  shares: Shares,
  recorded: { readonly readings: boolean; readonly shares: Shares },
): Readonly<Record<string, DecidedBy>> => {
  for (const [name, share] of Object.entries(shares))
    if (!(share >= 0 && share <= 1))
      throw new EngineError("option-invalid", `The share that ${name} skips is ${shown(share)}; expected 0 to 1.`, {
        hint: "0.5 skips every other step.",
      });
  return Object.fromEntries(
    leaves(methods).map((method): [string, DecidedBy] => {
      if (Object.hasOwn(shares, method.name)) return [method.name, "share"];
      if (knownAhead(method, sites)) return [method.name, "settings"];
      if (recorded.readings) return [method.name, "readings"];
      if (Object.hasOwn(recorded.shares, method.name)) return [method.name, "recorded"];
      throw new EngineError(
        "needs-readings",
        `${method.name} decides by what it measures, so its plan needs a share.`,
        {
          hint: "Set the share of steps that it skips (--share 0.5), or give the trace of a recorded run; no published run with these settings says it.",
        },
      );
    }),
  );
};

/** A method that skips `count` of its steps, evenly spread behind the first, whatever it would have measured. */
const skipping = ({ probes: _, ...method }: CacheMethod, count: number): CacheMethod => ({
  ...method,
  start: ({ steps }) => {
    const behind = (step: number): number => Math.floor((step * count) / Math.max(1, steps - 1));
    return ({ step }) => (step > 0 && behind(step) > behind(step - 1) ? reuse : compute);
  },
});

/**
 * The same methods, those of `shares` skipping so many of `steps` steps. A share between two whole numbers of steps is
 * both, each with its weight.
 */
export const withShares = (
  methods: readonly CacheMethod[],
  shares: Shares,
  steps: number,
): readonly { readonly weight: number; readonly methods: readonly CacheMethod[] }[] => {
  const countOf = ({ name }: CacheMethod): number | undefined =>
    Object.hasOwn(shares, name) ? Math.min(steps - 1, (shares[name] as number) * steps) : undefined;
  const rounded = (round: (count: number) => number): readonly CacheMethod[] =>
    leaves(methods).map((method) => {
      const count = countOf(method);
      return count === undefined ? method : skipping(method, round(count));
    });
  const floor = (count: number): number => Math.floor(count + 1e-9);
  const rest = Math.max(0, ...leaves(methods).map((one) => (countOf(one) ?? 0) - floor(countOf(one) ?? 0)));
  if (rest < 1e-9) return [{ weight: 1, methods: rounded(floor) }];
  return [
    { weight: 1 - rest, methods: rounded(floor) },
    { weight: rest, methods: rounded((count) => floor(count) + 1) },
  ];
};
