import { latteLayout, sitesOfLayout } from "../architectures/layout.js";
import { EngineError } from "../errors.js";
import { accept, aFunction, aMethod, aNumber, aSwitch, fields, listOf, wholeFrom } from "../expect.js";
import {
  type Branch,
  type CacheMethod,
  compute,
  type Reading,
  type Site,
  type SiteKind,
  type SiteMap,
} from "../method.js";
import { mostLayers } from "../models/sites.js";
import { aboveNetwork, activeSites, decider, inBranch, leavingOut, probesOf, type Verdict } from "./decide.js";

/** What a dry run says of one site. */
export interface PlannedSite {
  /** Its id, as in a trace. */
  readonly site: string;
  /** As of the site. */
  readonly kind: SiteKind;
  /** A 1 per step in which the site is computed. */
  readonly computed: string;
}

/** The run that is played through without a model. */
export interface DryRunOptions {
  /** On disjoint or nested sites; none is a run that computes everything. */
  readonly methods: readonly CacheMethod[];
  /** As the model receives them, noise first. */
  readonly timesteps: readonly number[];
  /** Those of the model that is planned for. Default: the sites of a Latte of `layers` layers. */
  readonly sites?: SiteMap;
  /** Whether there is an unconditional branch. Default true. */
  readonly guided?: boolean;
  /** What the probes of methods that decide by data say, from a recorded run ({@link recordedReadings}). Default: none. */
  readonly readings?: Readings;
}

/** Where a method is asked. */
export interface AskedAt {
  /** Its name. */
  readonly method: string;
  /** Its id, as in a trace. */
  readonly site: string;
  /** Of guidance. */
  readonly branch: Branch;
  /** 0-based. */
  readonly step: number;
}

/** The readings at a visit; undefined where none were recorded. */
export type Readings = (at: AskedAt) => readonly (Reading | undefined)[] | undefined;

/** Which sites one pass leaves out and which it computes, of those that methods decide about. */
export interface PlannedPass {
  readonly step: number;
  readonly branch: Branch;
  readonly skipped: readonly Site[];
  readonly computed: readonly Site[];
}

const needsReadings = (message: string): EngineError =>
  new EngineError("needs-readings", message, {
    hint: "Give the trace of a recorded run of this method: --readings TRACE.json",
  });

/**
 * Every pass of a run, in order, of methods that decide by step alone or by `readings`. A step without an unconditional
 * pass has one entry, a step that rests as a whole has none.
 *
 * @throws EngineError "needs-readings" for a method that decides by data of which there are none
 */
export const plannedPasses = ({
  methods,
  timesteps,
  sites,
  guided = true,
  readings,
}: DryRunOptions & { readonly sites: SiteMap }): readonly PlannedPass[] => {
  const parts = methods.flatMap((method) => method.parts ?? [method]);
  const away = parts.find(({ startRemote }) => startRemote);
  if (away) throw needsReadings(`${away.name} decides in another thread, so it can only be planned there.`);
  const measuring = new Set(parts.filter((part) => probesOf(part, sites).length > 0).map(({ name }) => name));
  if (!readings)
    for (const name of measuring)
      throw needsReadings(`${name} decides by what it measures, so it cannot be planned without a run.`);
  const readingsAt = (at: AskedAt): readonly (Reading | undefined)[] => {
    if (!measuring.has(at.method)) return [];
    const found = readings?.(at);
    if (!found)
      throw needsReadings(`Nothing was read for ${at.method} at ${at.site} in step ${at.step}, ${at.branch}.`);
    return found;
  };
  const active = activeSites(methods, sites);
  const steps = timesteps.length;
  const asked = (branch: Branch, which: (site: Site) => boolean) => {
    const here = inBranch(active, branch).filter(({ site }) => which(site));
    return { here, branch, decider: decider(here, { steps, timesteps, branch }) };
  };
  const whole = asked("cond", ({ kind }) => kind === "guided");
  const gap = asked("uncond", ({ kind }) => kind === "uncond");
  const inPass = (site: Site): boolean => !aboveNetwork(site);
  const branches = { cond: asked("cond", inPass), uncond: asked("uncond", inPass) };
  const visit = ({ here, branch, decider }: typeof gap, step: number, runs: boolean) => {
    const [skipped, computed]: [Site[], Site[]] = [[], []];
    const { add, leavesOut } = leavingOut();
    for (const one of here) {
      if (leavesOut(one.site)) continue;
      const at = { method: one.method.name, site: one.site.id, branch, step };
      const { decision } = decider.visit(one, step, readingsAt(at), runs) as Verdict; // no method is away
      decider.record(one, step, decision);
      (decision === compute ? computed : skipped).push(one.site);
      if (decision !== compute) add(one.site);
    }
    return { skipped, computed };
  };
  return [...timesteps.keys()].flatMap((step) => {
    if (visit(whole, step, guided).skipped.length > 0) return [];
    const runsUncond = guided && visit(gap, step, true).skipped.length === 0;
    const passes: Branch[] = runsUncond ? ["cond", "uncond"] : ["cond"];
    return passes.map((branch) => ({ step, branch, ...visit(branches[branch], step, runsUncond) }));
  });
};

const aPlan = fields({
  methods: listOf(aMethod, { most: 100 }),
  timesteps: listOf(aNumber, { most: 10_000 }),
  "sites?": fields({ all: aFunction, blocks: aFunction, output: aFunction, uncond: aFunction, guided: aFunction }),
  "guided?": aSwitch,
  "readings?": aFunction,
});

/**
 * The decisions of a run without a model: what a page draws under its sliders and `diffusion-cache plan` prints.
 *
 * With `readings` of a run of the same settings these are that run's decisions. With other settings they say what these
 * would have decided on the same readings, which is near but not the same: a reading since the last computed step is
 * since the recorded run's.
 *
 * @throws EngineError "needs-readings" for a method that decides by data of which there are none
 */
export const dryRun = (options: DryRunOptions): readonly PlannedSite[] => {
  accept("dryRun", { options: [options, aPlan] });
  const request = { ...options, sites: options.sites ?? latteSites(1) };
  return plannedSites(request, plannedPasses(request));
};

/** The decisions of `passes` site by site: of every sub-layer, and of the wider sites that the methods name. */
export const plannedSites = (
  { methods, timesteps, sites }: Pick<DryRunOptions, "methods" | "timesteps"> & { readonly sites: SiteMap },
  passes: readonly PlannedPass[],
): readonly PlannedSite[] => {
  const wide = activeSites(methods, sites).map(({ site }) => site);
  const own = new Set(sites.all());
  const rows = [...own, ...wide.filter((site) => !own.has(site))];
  const byStep = Array.from(timesteps, (): { branch: Branch; leavesOut: (site: Site) => boolean }[] => []);
  for (const { step, branch, skipped } of passes) byStep[step]?.push({ branch, ...leavingOut(skipped) });
  const ran = (site: Site, step: number): boolean => {
    const here = byStep[step] ?? [];
    if (site.kind === "guided") return here.length > 0;
    if (site.kind === "uncond") return here.some(({ branch }) => branch === "uncond");
    return here.some(({ leavesOut }) => !leavesOut(site));
  };
  return rows.map((site) => ({
    site: site.id,
    kind: site.kind,
    computed: [...timesteps.keys()].map((step) => (ran(site, step) ? "1" : "0")).join(""),
  }));
};

/**
 * The sites of a Latte of `layers` layers, without its weights.
 * @param layers 0 to 1000
 */
export const latteSites = (layers: number): SiteMap => {
  accept("latteSites", { layers: [layers, wholeFrom(0, mostLayers)] });
  return sitesOfLayout(latteLayout(layers));
};
