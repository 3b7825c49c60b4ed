import { type CacheMethod, compute, type Site, type SiteMap } from "./cache/method.js";
import type { Denoised } from "./denoise.js";
import type { Profile } from "./engine.js";
import { median } from "./metrics/median.js";
import type { Trace } from "./trace.js";

/** Marks every sub-layer as a site and always computes it, so that an executor that cuts at sites times each. */
export const profiling: CacheMethod = {
  name: "profile",
  options: {},
  sites: (model) => model.all(),
  start: () => () => compute,
};

/** A forward pass of an uninstrumented run. The first step is warm-up. */
const passOf = ({ stepMs }: Denoised, passesPerStep: number): number => median(stepMs.slice(1)) / passesPerStep;

/**
 * Sub-layers as an instrumented run of {@link profiling} timed them, and the pass as a plain run did: cutting adds to
 * both, so a pass cut into pieces would make each sub-layer look like a smaller share than it is. Where the pieces
 * together take longer than the whole, they are scaled to it.
 */
export const profileOf = (plain: Denoised, cut: Denoised, sites: SiteMap, passesPerStep: number): Profile => {
  const passMs = passOf(plain, passesPerStep);
  const timed = cut.visits.filter(({ step, ms }) => step > 0 && ms !== undefined);
  const raw = sites
    .all()
    .map(({ id }) => median(timed.filter(({ site }) => site === id).map(({ ms }) => ms as number)));
  const scale = Math.min(1, passMs / raw.reduce((sum, ms) => sum + ms, 0));
  const siteMs = Object.fromEntries(sites.all().map(({ id }, index) => [id, scale * (raw[index] as number)]));
  const inside = ({ from, to }: Site): number =>
    sites
      .all()
      .filter((site) => from <= site.from && site.to <= to)
      .reduce((sum, { id }) => sum + (siteMs[id] ?? 0), 0);
  const blockMs = Array.from({ length: sites.depth }, (_, block) => inside(sites.blocks(block, block + 1)));
  return { passMs, siteMs, blockMs };
};

/**
 * The speed-up if the sites that a run left out cost nothing: time of all passes over time without those sites.
 * The measured speed-up divided by it grades the engine; the two together say what a method can give on this device.
 */
export const idealSpeedup = (trace: Trace, { passMs, siteMs, blockMs }: Profile): number => {
  const passes = trace.steps * (trace.guidance === 1 ? 1 : 2);
  const saved = trace.visits
    .filter(({ decision }) => decision !== "compute")
    .map(({ site }) => {
      const [, from, to] = /^blocks\.(\d+)-(\d+)$/.exec(site) ?? [];
      if (from && to) return blockMs.slice(Number(from), Number(to)).reduce((sum, ms) => sum + ms, 0);
      if (site === "guided") return trace.guidance === 1 ? passMs : 2 * passMs;
      if (site === "output" || site === "uncond") return passMs;
      return siteMs[site] ?? 0;
    })
    .reduce((sum, ms) => sum + ms, 0);
  const all = passes * passMs;
  return all / Math.max(all - saved, Number.EPSILON);
};
