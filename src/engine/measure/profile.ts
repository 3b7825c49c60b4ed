import type { Backend } from "../backends/backend.js";
import type { Profile } from "../engine.js";
import { accept, aNumber, aText, fields, listOf, mapOf, wholeFrom } from "../expect.js";
import { type CacheMethod, compute, type Site, type SiteMap } from "../method.js";
import { median } from "../metrics/median.js";
import type { Trace } from "../trace/trace.js";

/** Marks every sub-layer as a site and always computes it, so that an executor that cuts at sites times each. */
export const profiling: CacheMethod = {
  name: "profile",
  options: {},
  sites: (model) => model.all(),
  start: () => () => compute,
};

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

/** A run with every one of its session calls timed. */
export interface TimedRun {
  readonly stepMs: readonly number[];
  /** Of every call, in order. */
  readonly runMs: readonly number[];
}

/**
 * The pass as a plain run had it, one graph, and its pieces as a run of {@link profiling} that was cut at every site had
 * them. The first step of each is warm-up.
 *
 * What the pieces take longer than the whole is the price of the calls, in equal parts: a call costs a small sub-layer as
 * much as its work, and left in, it would look like time that a cache can save. A call costs no more than the least
 * piece; what is still too much is taken from all in proportion, so that together they are the pass.
 */
export const profileOf = (plain: TimedRun, cut: TimedRun, sites: SiteMap, passesPerStep: number): Profile => {
  const passMs = median(plain.runMs.slice(passesPerStep));
  const outsideMs = Math.max(0, median(plain.stepMs.slice(1)) - passesPerStep * passMs);
  const { to: end } = sites.output();
  const borders = [...new Set([0, end, ...sites.all().flatMap(({ from, to }) => [from, to])])].toSorted(
    (a, b) => a - b,
  );
  const timed = borders.slice(1).map((to, index) => {
    const ofPiece = cut.runMs.filter((_, run) => run % (borders.length - 1) === index).slice(passesPerStep);
    return { from: borders[index] as number, to, ms: median(ofPiece) };
  });
  const total = (all: readonly { readonly ms: number }[]): number => all.reduce((sum, { ms }) => sum + ms, 0);
  const callMs = Math.min(Math.max(0, total(timed) - passMs) / timed.length, ...timed.map(({ ms }) => ms));
  const work = timed.map((piece) => ({ ...piece, ms: piece.ms - callMs }));
  const scale = passMs / (total(work) || 1);
  const msOf = ({ from, to }: Site): number =>
    scale * total(work.filter((piece) => from <= piece.from && piece.to <= to));
  return {
    passMs,
    outsideMs,
    siteMs: Object.fromEntries(sites.all().map((site) => [site.id, msOf(site)])),
    blockMs: Array.from({ length: sites.depth }, (_, block) => msOf(sites.blocks(block, block + 1))),
  };
};

const aVisit = fields({ site: aText, decision: aText });

/**
 * The speed-up if the sites that a run left out cost nothing and the rest what it costs in an uncached run: passes, and
 * what a step takes beside them, over the same without those sites. The measured speed-up divided by it grades the
 * engine; the two together say what a method can give on this device.
 */
export const idealSpeedup = (trace: Trace, profile: Profile): number => {
  accept("idealSpeedup", {
    trace: [trace, fields({ steps: wholeFrom(1), guidance: aNumber, visits: listOf(aVisit) })],
    profile: [
      profile,
      fields({ passMs: aNumber, outsideMs: aNumber, siteMs: mapOf(aNumber), blockMs: listOf(aNumber) }),
    ],
  });
  const { passMs, outsideMs, siteMs, blockMs } = profile;
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
  const all = passes * passMs + trace.steps * outsideMs;
  return all / Math.max(all - saved, Number.EPSILON);
};
