import { type PlannedPass, type PlannedSite, plannedPasses, plannedSites, type Readings } from "../cache/dry-run.js";
import type { WorkKind } from "../cards/card.js";
import { addFlops, type Flops, noFlops, scaleFlops, totalFlops } from "../cards/flops.js";
import type { CardNetwork } from "../cards/network.js";
import type { CacheMethod } from "../method.js";
import { type Shares, withShares } from "./decided-by.js";
import { keptNumbers } from "./kept.js";

/** Steps that one network runs: the whole run, or those of one expert. */
export interface Stretch {
  readonly timesteps: readonly number[];
  readonly methods: readonly CacheMethod[];
}

/** What a stretch costs and keeps. */
export interface Played {
  readonly rows: readonly PlannedSite[];
  /** Operations of each step. */
  readonly steps: readonly Flops[];
  readonly kinds: ReadonlyMap<WorkKind, number>;
  /** Numbers kept at each site, for one clip. */
  readonly kept: ReadonlyMap<string, number>;
  /** Numbers that probes hold. */
  readonly probes: number;
}

/** Operations of the passes, by step and by kind of work. */
const costOf = ({ parts }: CardNetwork, passes: readonly PlannedPass[], count: number, conditional: number) => {
  const steps = new Array<Flops>(count).fill(noFlops);
  const kinds = new Map<WorkKind, number>();
  for (const { step, branch, skipped } of passes) {
    const times = branch === "cond" ? conditional : 1;
    const left = new Array<boolean>(parts.length).fill(true);
    for (const { from, to } of skipped) left.fill(false, from, to);
    const running = parts.filter((_, at) => left[at]);
    steps[step] = addFlops(steps[step] as Flops, ...running.map(({ flops }) => scaleFlops(flops, times)));
    for (const { kind, flops } of running) kinds.set(kind, (kinds.get(kind) ?? 0) + times * totalFlops(flops));
  }
  return { steps, kinds };
};

/** Plays a stretch through without a model. */
export const playStretch = (
  network: CardNetwork,
  { timesteps, methods }: Stretch,
  options: {
    readonly guided: boolean;
    /** Passes of the conditional branch a step, which are decided alike. */
    readonly conditional: number;
    readonly shares: Shares;
    readonly readings: Readings | undefined;
  },
): Played => {
  const { guided, conditional, shares, readings } = options;
  const { sites } = network;
  const variants = withShares(methods, shares, timesteps.length).map(({ weight, methods: acting }) => {
    const request = { methods: acting, timesteps, sites, guided, ...(readings ? { readings } : {}) };
    const passes = plannedPasses(request);
    return {
      weight,
      passes,
      rows: plannedSites(request, passes),
      ...costOf(network, passes, timesteps.length, conditional),
    };
  });
  const [first] = variants as [(typeof variants)[number]];
  const kinds = new Map<WorkKind, number>();
  for (const { weight, kinds: own } of variants)
    for (const [kind, flops] of own) kinds.set(kind, (kinds.get(kind) ?? 0) + weight * flops);
  const { sites: kept, probes } = keptNumbers(network, methods, first.passes, { guided, conditional });
  return {
    rows: first.rows,
    steps: timesteps.map((_, step) =>
      addFlops(...variants.map(({ weight, steps }) => scaleFlops(steps[step] as Flops, weight))),
    ),
    kinds,
    kept,
    probes,
  };
};

/** Stretches one after the other: decisions in a row, and the most that any of them keeps. */
export const joined = (all: readonly Played[]): Played => {
  const rows = new Map<string, PlannedSite>();
  for (const { site, kind } of all.flatMap((played) => played.rows))
    rows.set(site, {
      ...{ site, kind },
      computed: all
        .map((played) => played.rows.find((row) => row.site === site)?.computed ?? "1".repeat(played.steps.length))
        .join(""),
    });
  const most = (of: (played: Played) => number): number => Math.max(0, ...all.map(of));
  const kinds = new Set(all.flatMap((played) => [...played.kinds.keys()]));
  return {
    rows: [...rows.values()],
    steps: all.flatMap(({ steps }) => steps),
    kinds: new Map([...kinds].map((kind) => [kind, all.reduce((sum, one) => sum + (one.kinds.get(kind) ?? 0), 0)])),
    kept: new Map([...rows.keys()].map((site) => [site, most(({ kept }) => kept.get(site) ?? 0)])),
    probes: most(({ probes }) => probes),
  };
};
