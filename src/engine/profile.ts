import type { Backend } from "./backends/backend.js";
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

/** A backend that waits for every run and notes how long it took, in `runMs`. */
export const timing = (backend: Backend): { readonly backend: Backend; readonly runMs: number[] } => {
  const runMs: number[] = [];
  const run: Backend["run"] = async (...request) => {
    const before = performance.now();
    const outputs = await backend.run(...request);
    await backend.settled();
    runMs.push(performance.now() - before);
    return outputs;
  };
  return { backend: { ...backend, run }, runMs };
};

/**
 * The pass as a plain run had it, and its pieces as a run of {@link profiling} that was cut at every site had them. What
 * the pieces take longer than the whole is the price of the calls, in equal parts: a call costs a small sub-layer as
 * much as its work, and left in, it would look like time that a cache can save.
 *
 * @param runMs every run of the cut passes, in order
 */
export const profileOf = (
  plain: Denoised,
  runMs: readonly number[],
  sites: SiteMap,
  passesPerStep: number,
): Profile => {
  const passMs = passOf(plain, passesPerStep);
  const { to: end } = sites.output();
  const borders = [...new Set([0, end, ...sites.all().flatMap(({ from, to }) => [from, to])])].toSorted(
    (a, b) => a - b,
  );
  const pieces = borders.slice(1).map((to, index) => {
    const ofPiece = runMs.filter((_, run) => run % (borders.length - 1) === index).slice(passesPerStep);
    return { from: borders[index] as number, to, ms: median(ofPiece) };
  });
  const callMs = Math.max(0, pieces.reduce((sum, { ms }) => sum + ms, 0) - passMs) / pieces.length;
  const msOf = ({ from, to }: Site): number =>
    pieces
      .filter((piece) => from <= piece.from && piece.to <= to)
      .reduce((sum, { ms }) => sum + Math.max(0, ms - callMs), 0);
  return {
    passMs,
    siteMs: Object.fromEntries(sites.all().map((site) => [site.id, msOf(site)])),
    blockMs: Array.from({ length: sites.depth }, (_, block) => msOf(sites.blocks(block, block + 1))),
  };
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
