import { aboveNetwork, activeSites, inBranch, probesOf } from "../cache/decide.js";
import type { PlannedPass } from "../cache/dry-run.js";
import type { CardNetwork } from "../cards/network.js";
import type { Branch, CacheMethod, Site } from "../method.js";

/** By branch and site, whether it was computed at each of its visits; an outer site that was skipped leaves it unvisited. */
const visitsOf = (passes: readonly PlannedPass[]): ReadonlyMap<string, readonly boolean[]> => {
  const visits = new Map<string, boolean[]>();
  for (const { branch, computed, skipped } of passes)
    for (const [sites, did] of [[computed, true] as const, [skipped, false] as const])
      for (const { id } of sites) {
        const of = visits.get(`${branch} ${id}`) ?? [];
        of.push(did);
        visits.set(`${branch} ${id}`, of);
      }
  return visits;
};

/** Most features that are held at once, each tensor once, as the executor's history holds them. */
const heldFeatures = ({ history = 1, keeps }: CacheMethod, visits: readonly boolean[]): number => {
  let [kept, recent, most]: [number[], number[], number] = [[], [], 0];
  for (const [at, computed] of visits.entries()) {
    if (computed || keeps === "every visit") kept = [at, ...kept].slice(0, history);
    if (keeps === "both") recent = [at, ...recent].slice(0, 2);
    most = Math.max(most, new Set([...kept, ...recent]).size);
  }
  return most;
};

const numbersOf = (network: CardNetwork, { values }: Site): number =>
  values.reduce((sum, value) => sum + network.elements(value), 0);

/** Older selves that the probes of a method hold. */
const probeNumbers = (network: CardNetwork, method: CacheMethod): number => {
  const depth = {
    "last-step": 1,
    "last-compute": 1,
    "compute-before-last": 2,
    estimate: 0,
    "frame-before": 0,
  } as const;
  const held = new Map<string, { readonly tap: string; readonly of: Map<string, number> }>();
  for (const { tap, since, site } of probesOf(method, network.sites)) {
    const { of } = held.get(`${tap} ${site}`) ?? { of: new Map<string, number>() };
    const group = since === "last-step" ? "step" : "computed";
    of.set(group, Math.max(of.get(group) ?? 0, depth[since]));
    held.set(`${tap} ${site}`, { tap, of });
  }
  return [...held.values()].reduce(
    (sum, { tap, of }) => sum + network.tapElements(tap) * [...of.values()].reduce((all, one) => all + one, 0),
    0,
  );
};

/** Numbers that caching methods keep in one run of one clip, by site, and those of their probes. */
export interface Kept {
  readonly sites: ReadonlyMap<string, number>;
  readonly probes: number;
}

/** What `methods` keep at most: histories of both branches, bands and probes, as the executor counts them. */
export const keptNumbers = (
  network: CardNetwork,
  methods: readonly CacheMethod[],
  passes: readonly PlannedPass[],
  { guided, conditional }: { readonly guided: boolean; readonly conditional: number },
): Kept => {
  const active = activeSites(methods, network.sites);
  const branches: readonly Branch[] = guided ? ["cond", "uncond"] : ["cond"];
  const visits = visitsOf(passes);
  const times = (branch: Branch): number => (branch === "cond" ? conditional : 1);
  const sites = new Map<string, number>();
  for (const one of active) {
    const { site, method } = one;
    const each = numbersOf(network, site) * (method.bands ? 2 : 1);
    const features = aboveNetwork(site)
      ? (method.history ?? 1) + (method.keeps === "both" ? 2 : 0)
      : branches
          .filter((branch) => inBranch([one], branch).length > 0)
          .reduce(
            (sum, branch) => sum + times(branch) * heldFeatures(method, visits.get(`${branch} ${site.id}`) ?? []),
            0,
          );
    sites.set(site.id, each * features);
  }
  const probes = [...new Set(active.map(({ method }) => method))].reduce((sum, method) => {
    const above = active.some(({ site, method: other }) => other === method && aboveNetwork(site));
    const each =
      above || method.shared
        ? 1
        : branches
            .filter((one) => method.branches?.includes(one) ?? true)
            .reduce((all, branch) => all + times(branch), 0);
    return sum + each * probeNumbers(network, method);
  }, 0);
  return { sites, probes };
};
