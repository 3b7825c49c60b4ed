import type { Backend } from "../backends/backend.js";
import type { Profile } from "../engine.js";
import { accept, aNumber, aText, fields, listOf, mapOf, wholeFrom } from "../expect.js";
import type { Site, SiteMap } from "../method.js";
import { median } from "../metrics/median.js";
import type { Trace, TraceVisit } from "../trace/trace.js";

const timedSites = (sites: SiteMap): readonly Site[] => [...sites.all(), ...sites.all("text-kv")];

/** Where a pass is cut so that each piece lies in one sub-layer, with what only that needs, or between two of one block. */
export const cutsOf = (sites: SiteMap): readonly number[] => {
  const blocks = Array.from({ length: sites.depth }, (_, block) => sites.blocks(block, block + 1));
  const spans = [...timedSites(sites), ...blocks].flatMap(({ from, to, inputFrom = from }) => [inputFrom, to]);
  return [...new Set([0, ...spans, sites.output().to])].toSorted((a, b) => a - b);
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
 * The pass as a plain run had it, one graph, and its pieces as a run with the cuts of {@link cutsOf} had them. The first
 * step of each is warm-up.
 *
 * What the pieces take longer than the whole is the price of the calls, in equal parts: a call costs a small sub-layer as
 * much as its work, and left in, it would look like time that a cache can save. A call costs no more than the least
 * piece; what is still too much is taken from all in proportion, so that together they are the pass.
 *
 * @param isEmpty whether a piece computes nothing, so that no call was made for it. Default: none does
 */
export const profileOf = (
  plain: TimedRun,
  cut: TimedRun,
  sites: SiteMap,
  passesPerStep: number,
  isEmpty: (from: number, to: number) => boolean = () => false,
): Profile => {
  const passMs = median(plain.runMs.slice(passesPerStep));
  const outsideMs = Math.max(0, median(plain.stepMs.slice(1)) - passesPerStep * passMs);
  const borders = cutsOf(sites);
  const pieces = borders.slice(1).map((to, index) => ({ from: borders[index] as number, to }));
  const called = pieces.filter(({ from, to }) => !isEmpty(from, to));
  const timed = called.map((piece, index) => {
    const ofPiece = cut.runMs.filter((_, run) => run % called.length === index).slice(passesPerStep);
    return { ...piece, ms: median(ofPiece) };
  });
  const total = (all: readonly { readonly ms: number }[]): number => all.reduce((sum, { ms }) => sum + ms, 0);
  const callMs = Math.min(Math.max(0, total(timed) - passMs) / timed.length, ...timed.map(({ ms }) => ms));
  const work = timed.map((piece) => ({ ...piece, ms: piece.ms - callMs }));
  const scale = passMs / (total(work) || 1);
  const msOf = ({ from, to, inputFrom = from }: Site): number =>
    scale * total(work.filter((piece) => inputFrom <= piece.from && piece.to <= to));
  return {
    passMs,
    outsideMs,
    siteMs: Object.fromEntries(timedSites(sites).map((site) => [site.id, msOf(site)])),
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
  const skipped = trace.visits.filter(({ decision }) => decision !== "compute");
  const idOf = ({ step, branch, clip }: TraceVisit, site: string): string => [step, branch, clip, site].join();
  const ids = new Set(skipped.map((visit) => idOf(visit, visit.site)));
  const saved = skipped
    // A skipped attention has its text in its own time.
    .filter((visit) => !visit.site.endsWith(".text") || !ids.has(idOf(visit, visit.site.slice(0, -".text".length))))
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
