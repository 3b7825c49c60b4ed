import { EngineError, shown } from "../errors.js";
import {
  type Branch,
  type CacheMethod,
  compute,
  type Decision,
  type Estimate,
  type Probe,
  type Reading,
  type RunFacts,
  type Site,
  type SiteMap,
  type Visit,
} from "../method.js";

/** What a method answered, and why. */
export interface Verdict {
  readonly decision: Decision;
  readonly reasons?: Readonly<Record<string, number | true>>;
}

/** A site that some method decides about. */
export interface ActiveSite {
  readonly site: Site;
  readonly method: CacheMethod;
}

const covers = (outer: Site, inner: Site): boolean => outer.from <= inner.from && inner.to <= outer.to;
const apart = (a: Site, b: Site): boolean => a.to <= b.from || b.to <= a.from;
/** How far above the network a site lies: 0 for a part of a pass, 1 for the unconditional branch, 2 for the whole step. */
const level = ({ kind }: Site): number => (kind === "guided" ? 2 : kind === "uncond" ? 1 : 0);

/** Whether decisions at a site concern the branches of a step, not the parts of a pass. */
export const aboveNetwork = (site: Site): boolean => level(site) > 0;

/**
 * The sites that a method names.
 * @throws EngineError "option-invalid" for anything else
 */
export const namedSites = (method: CacheMethod, map: SiteMap): readonly Site[] => {
  const sites: unknown = method.sites(map);
  if (Array.isArray(sites) && sites.every((site) => typeof site?.from === "number")) return sites;
  throw new EngineError("option-invalid", `${method.name} names ${shown(sites)} as its sites.`, {
    hint: "Return what the model offers: model.all(…), or [model.blocks()], [model.output()] and the like.",
  });
};

/**
 * The sites of all methods as a run comes to them, an outer one before those in it. Those above the network lie outside everything in it.
 * @throws EngineError "site-missing" for a method that finds none, "site-conflict" for two at one site or crossing ones
 */
export const activeSites = (methods: readonly CacheMethod[], map: SiteMap): readonly ActiveSite[] => {
  const active = methods
    .flatMap((method) => method.parts ?? [method])
    .flatMap((method) => {
      const sites = namedSites(method, map);
      if (sites.length === 0)
        throw new EngineError("site-missing", `${method.name} finds nothing to cache in this model.`, {
          hint: "Choose other sites in its options, or a method that needs none of this kind.",
        });
      return sites.map((site) => ({ site, method }));
    });
  active.forEach(({ site, method }, index) => {
    for (const other of active.slice(0, index)) {
      if (level(site) !== level(other.site)) continue;
      const same = covers(site, other.site) && covers(other.site, site);
      if (same || !(covers(site, other.site) || covers(other.site, site) || apart(site, other.site)))
        throw new EngineError("site-conflict", `${other.method.name} and ${method.name} both decide at ${site.id}.`, {
          hint: "Give each site to one method.",
        });
    }
  });
  return active.toSorted(
    ({ site: a }, { site: b }) => level(b) - level(a) || a.from - b.from || b.to - b.from - (a.to - a.from),
  );
};

/** Those of `active` that act on a branch. */
export const inBranch = (active: readonly ActiveSite[], branch: Branch): readonly ActiveSite[] =>
  active.filter(({ method }) => method.branches?.includes(branch) ?? true);

/** A method written by hand, or asked by message, may answer anything. */
const checked = ({ method, site }: ActiveSite, decision: unknown, kept: number): Decision => {
  if (decision === compute) return compute;
  const { weights, verify } = (decision ?? {}) as Partial<Estimate>;
  const most = method.keeps === "both" ? kept + 2 : kept;
  const numbers: unknown = Array.isArray(weights) || !weights ? weights : Object.values(weights).slice(0, 3);
  const fits = Array.isArray(weights)
    ? weights.length > 0 && weights.length <= most
    : method.bands === true && typeof weights === "object" && "low" in weights && "high" in weights;
  if (weights && fits && (numbers as unknown[]).every(Number.isFinite))
    return verify ? { weights, verify } : { weights };
  const said = decision instanceof Promise ? "a promise" : shown(decision);
  throw new EngineError("option-invalid", `${method.name} decided ${said} at ${site.id}.`, {
    hint: `A method answers compute, reuse, or weights over what it keeps, here at most ${most}: { weights: [2, -1] }. Its "history" says how many features are kept.`,
  });
};

/**
 * Timesteps as windows of methods mean them, from noise to image: 1000 … 0. Where a model's own count upwards, as Mochi's
 * do, methods see 1000 − t, which MochiPipeline of diffusers tells its caches.
 */
const countedDown = (timesteps: readonly number[]): readonly number[] =>
  (timesteps[0] as number) < (timesteps.at(-1) as number) ? timesteps.map((t) => Math.fround(1000 - t)) : timesteps;

/**
 * Asks the methods of one branch of one run. Knows steps and numbers, no tensors: the executor and the dry run share it,
 * so the schedule that is printed is the schedule that is executed.
 */
export const decider = (active: readonly ActiveSite[], run: RunFacts) => {
  const facts = { ...run, timesteps: countedDown(run.timesteps) };
  const closures = new Map(
    [...new Set(active.map(({ method }) => method))].map((method) => {
      const decide: unknown = (method.startRemote ?? method.start)(facts);
      if (typeof decide === "function") return [method, decide as (visit: Visit) => Decision | Promise<Decision>];
      throw new EngineError("option-invalid", `${method.name}: start gives ${shown(decide)}; expected a function.`);
    }),
  );
  const kept = new Map<Site, number[]>(active.map(({ site }) => [site, []]));
  return {
    /** Steps of the features kept at a site, newest first. */
    kept: (site: Site): readonly number[] => kept.get(site) ?? [],
    visit(
      { site, method }: ActiveSite,
      step: number,
      readings: readonly (Reading | undefined)[],
      guided: boolean,
      products?: Visit["products"],
    ): Verdict | Promise<Verdict> {
      const computed = kept.get(site) as number[];
      if (computed.length === 0) return { decision: compute };
      let reasons: Verdict["reasons"];
      const { steps, timesteps, branch } = facts;
      const visit: Visit = {
        site,
        branch,
        step,
        steps,
        timestep: timesteps[step] as number,
        computed,
        readings,
        guided,
        ...(products ? { products } : {}),
        forced: false,
        because(given) {
          // JSON has no infinity: a change from nothing at all has no relative size to note.
          const finite = Object.entries(given).filter(([, value]) => value === true || Number.isFinite(value));
          if (finite.length > 0) reasons = { ...reasons, ...Object.fromEntries(finite) };
        },
      };
      const verdict = (answer: unknown): Verdict => {
        const decision = checked({ site, method }, answer, computed.length);
        return reasons ? { decision, reasons } : { decision };
      };
      const answer = closures.get(method)?.(visit);
      return answer instanceof Promise && method.startRemote ? answer.then(verdict) : verdict(answer);
    },
    /** Books what was done, so that `computed` is right at the next visit. */
    record({ site, method }: ActiveSite, step: number, decision: Decision): void {
      if (decision !== compute && method.keeps !== "every visit") return;
      kept.set(site, [step, ...(kept.get(site) as number[])].slice(0, method.history ?? 1));
    },
  };
};

export type Decider = ReturnType<typeof decider>;

/** The probes of a method on this model. */
export const probesOf = (method: CacheMethod, map: SiteMap): readonly Probe[] => {
  if (method.parts) return method.parts.flatMap((part) => probesOf(part, map));
  const probes = method.probes?.(map) ?? [];
  if (!Array.isArray(probes))
    throw new EngineError("option-invalid", `${method.name} names ${shown(probes)} as its probes; expected a list.`);
  for (const { tap, since } of probes)
    if (!olderSelves.includes(since))
      throw new EngineError(
        "option-invalid",
        `${method.name} probes ${tap} since ${shown(since)}; expected one of ${olderSelves.join(", ")}.`,
      );
  const meant = probes.filter(({ site }) => site !== undefined);
  const own = new Set(meant.length > 0 ? namedSites(method, map).map(({ id }) => id) : []);
  for (const { tap, site } of meant)
    if (!own.has(site as string))
      throw new EngineError(
        "option-invalid",
        `${method.name} probes ${tap} for ${shown(site)}, which is no site of it.`,
        {
          hint: "Give the id of a site that the method names.",
        },
      );
  return probes;
};

const olderSelves: readonly Probe["since"][] = [
  "last-step",
  "last-compute",
  "compute-before-last",
  "estimate",
  "frame-before",
];

/** Whether all its decisions can be known before a run: it asks for no readings, and answers at once. */
export const knownAhead = (method: CacheMethod, map: SiteMap): boolean =>
  probesOf(method, map).length === 0 && !(method.parts ?? [method]).some(({ startRemote }) => startRemote);

/** How a decision is called in a trace: plain reuse of the newest feature, or anything else that is not computing. */
export const nameOf = (decision: Decision): "compute" | "reuse" | "forecast" => {
  if (decision === compute) return compute;
  const { weights } = decision;
  return Array.isArray(weights) && weights.length === 1 && weights[0] === 1 ? "reuse" : "forecast";
};

/** Whether `site` lies under one of the sites that did not run. */
export const leftOut = (site: Site, skipped: readonly Site[]): boolean => skipped.some((one) => covers(one, site));

/** What {@link leftOut} says, of many sites: skipped ones are added, and asking takes no longer for more of them. */
export const leavingOut = (skipped: readonly Site[] = []) => {
  /** By part, the furthest end of the skipped spans that hold it. */
  const reach: number[] = [];
  const add = ({ from, to }: Site): void => {
    for (let part = from; part < to; part++) reach[part] = Math.max(reach[part] ?? 0, to);
  };
  skipped.forEach(add);
  return { add, leavesOut: ({ from, to }: Site): boolean => (reach[from] ?? 0) >= to };
};
