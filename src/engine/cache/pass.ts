import type { Backend, Compiled, Handle } from "../backends/backend.js";
import type { Graph } from "../graph/builder.js";
import { type Branch, compute, type Decision, type Reading, type Site } from "../method.js";
import type { Model, Tap } from "../models/model.js";
import { type ActiveSite, type Decider, leftOut, type Verdict } from "./decide.js";
import type { Feature, FeatureHistory, HandleCounts } from "./history.js";
import type { ProbeBench } from "./probes.js";
import { featureName, type Segmenter, tapName, verifiedNames } from "./segments.js";

/** Everything one branch keeps through a run. */
export interface BranchState {
  /** The sites decided about in this branch, outermost first. */
  readonly active: readonly ActiveSite[];
  readonly decider: Decider;
  readonly history: FeatureHistory;
  readonly probes: ProbeBench;
}

/** One decision of a pass. */
export interface PassVisit extends Verdict {
  readonly active: ActiveSite;
  readonly readings: readonly (Reading | undefined)[];
  /** Steps of the features that were kept when it was taken, newest first. */
  readonly kept: readonly number[];
}

export interface PassResult {
  /** The caller holds it. */
  readonly prediction: Handle;
  readonly visits: readonly PassVisit[];
  /** Sites that did not run. */
  readonly skipped: readonly Site[];
}

export interface PassTools {
  readonly model: Model;
  readonly backend: Backend;
  readonly counts: HandleCounts;
  readonly segments: Segmenter;
  readonly compile: (graph: Graph) => Promise<Compiled>;
  /** Parts before which a graph ends, besides those where a probe is read: to time what lies between. */
  readonly cuts: readonly number[];
  /** Values to read in every pass, behind its first part; each costs a read-back. */
  readonly observed: readonly Tap[];
  observe(value: Observed): void;
}

/** A value of a pass as it was read. */
export interface Observed {
  readonly step: number;
  readonly branch: Branch;
  readonly tap: Tap;
  readonly data: Float32Array;
  /** Length of the last axis. */
  readonly width: number;
}

export interface PassRequest {
  readonly branch: Branch;
  readonly inputs: ReadonlyMap<string, Handle>;
  readonly step: number;
  /** Whether the unconditional branch runs in this step too. */
  readonly guided: boolean;
  /** Visits to follow, of methods that decide once for both branches. */
  readonly given: readonly PassVisit[];
}

/**
 * What the other branch decided, taken over. Weights over several features belong to the steps that these were computed
 * in: a branch that was left out of some of them computes instead.
 */
const follow = (visit: PassVisit, kept: readonly number[]): PassVisit => {
  const { decision } = visit;
  const several = decision !== compute && Array.isArray(decision.weights) && decision.weights.length > 1;
  return several && String(kept) !== String(visit.kept) ? { ...visit, decision: compute } : visit;
};

/**
 * One forward pass of one branch: decides at every active site from the outside in, runs what must run in as few
 * graphs as the probes allow, and keeps the features of computed sites.
 */
export const pass = async (tools: PassTools, state: BranchState, request: PassRequest): Promise<PassResult> => {
  const { model, backend, counts, segments } = tools;
  const { active, decider, history, probes } = state;
  const { branch, inputs, step, guided, given } = request;
  const end = model.parts.length;
  const carry = new Map(inputs);
  const visits = new Map<ActiveSite, PassVisit>();
  const estimates = new Map<Site, Feature>();
  const skipped: Site[] = [];
  const observedHere: Handle[] = []; // held to the end, since a later part may read the same tensor

  const undecided = (): ActiveSite[] => active.filter((one) => !visits.has(one) && !leftOut(one.site, skipped));
  const waitingTaps = (one: ActiveSite): Tap[] =>
    given.some((visit) => visit.active === one) ? [] : probes.needed(one).filter((tap) => !probes.has(tap));

  const decideReady = async (): Promise<void> => {
    for (const one of active) {
      if (visits.has(one) || leftOut(one.site, skipped) || waitingTaps(one).length > 0) continue;
      const followed = given.find((visit) => visit.active === one);
      const readings = followed?.readings ?? (await probes.read(one));
      const kept = decider.kept(one.site);
      const answer = followed
        ? follow(followed, kept)
        : decider.visit(one, step, readings, guided, await productsAt(one));
      const verdict = answer instanceof Promise ? await answer : answer;
      visits.set(one, { ...verdict, active: one, readings, kept });
      if (verdict.decision === compute) continue;
      skipped.push(one.site);
      const feature = history.estimate(one.site, verdict.decision);
      estimates.set(one.site, feature);
      for (const [index, tensor] of feature.entries()) carry.set(featureName(one.site, index), tensor);
    }
  };
  const productsAt = async ({ site, method }: ActiveSite) =>
    method.products ? await history.products(site) : undefined;
  const toVerify = (): Tap[] => [
    ...new Set(
      [...visits.values()].flatMap(({ active: one, decision }) =>
        decision !== compute && decision.verify ? probes.toVerify(one) : [],
      ),
    ),
  ];
  const nextCut = (position: number): number => {
    const taps = undecided().map((one) => Math.max(...waitingTaps(one).map(({ after }) => after)));
    const whole = [...skipped, ...toVerify().map(({ since = 0, after }) => ({ from: since, to: after }))];
    const hidden = (at: number): boolean => whole.some((span) => span.from < at && at < span.to);
    return Math.min(end, ...[...taps, ...tools.cuts].filter((at) => at > position && !hidden(at)));
  };
  const bring = (name: string): Handle => {
    const handle = carry.get(name);
    if (!handle) throw new Error(`nothing is called "${name}" in this pass`);
    return handle;
  };

  /** Runs parts [from, to) as one graph and takes in what it gives. */
  const runRange = async (from: number, to: number): Promise<void> => {
    const here = ({ site }: ActiveSite): boolean => site.from < to && from < site.to && !skipped.includes(site);
    const computed = active.filter((one) => here(one) && one.site.to <= to && !leftOut(one.site, skipped));
    // A residual that is taken or added later takes part too: what it is taken against must cross the cut.
    const open = active.filter(
      ({ site }) =>
        site.keeps === "residual" &&
        (site.since ?? site.from) < to &&
        site.to > to &&
        (!skipped.includes(site) || site.from >= to),
    );
    const late = [...visits.values()].flatMap(({ active: one, decision }) =>
      decision === compute ? probes.whereComputed(one).filter((tap) => !probes.has(tap)) : [],
    );
    const waiting = [...new Set([...undecided().flatMap(waitingTaps), ...late])].filter(({ after }) => from < after);
    const taps = waiting.filter(({ after }) => after <= to);
    const begun = waiting.filter(({ since = to, after }) => since < to && to < after); // read behind a later cut
    const observed = tools.observed.filter((tap) => from < tap.after && tap.after <= to && !taps.includes(tap));
    const verify = toVerify().filter(({ since = 0, after }) => from <= since && after <= to);
    const { graph, written, passed } = segments.segment({
      from,
      to,
      skip: skipped.filter((site) => site.from < to && from < site.to),
      keep: [...computed, ...open].map(({ site }) => site),
      taps: [...taps, ...begun, ...observed],
      verify,
    });
    const features = computed.map((one) => ({
      one,
      names: one.site.values.map((_, index) => featureName(one.site, index)),
    }));
    const keep = new Set([
      ...features.flatMap(({ names }) => names),
      ...[...taps, ...observed].map(tapName),
      ...verify.flatMap(verifiedNames),
    ]);
    if (to === end) keep.add(written.get(model.output) ?? model.output);
    const feeds = new Map(graph.inputs.map(({ name }) => [name, bring(name)]));
    const outputs =
      graph.nodes > 0 ? await backend.run(await tools.compile(graph), feeds, keep) : new Map<string, Handle>();
    const moved = [
      ...[...passed].map(([name, before]) => [name, bring(before)] as const),
      ...[...written].map(([name, output]) => [name, outputs.get(output) as Handle] as const),
    ];
    for (const [name, handle] of moved) carry.set(name, handle);
    for (const tap of observed) {
      const handle = outputs.get(tapName(tap)) as Handle;
      const data = (await backend.read(handle)).slice();
      observedHere.push(handle);
      tools.observe({ step, branch, tap, data, width: handle.dims.at(-1) as number });
    }
    for (const tap of verify) {
      const [computed, estimated] = verifiedNames(tap).map((name) => outputs.get(name) as Handle) as [Handle, Handle];
      probes.putVerified(tap, computed, estimated);
    }
    for (const tap of taps) probes.put(tap, outputs.get(tapName(tap)) as Handle);
    for (const { one, names } of features) {
      const feature = names.map((name) => outputs.get(name) as Handle);
      if (one.method.keeps === "both") history.pushRecent(one.site, feature.map(counts.hold));
      history.push(one.site, feature, one.method.history ?? 1);
    }
  };

  await probes.begin(step, inputs);
  await decideReady();
  for (let position = 0; position < end; ) {
    const to = nextCut(position);
    await runRange(position, to);
    position = to;
    await decideReady();
  }

  const prediction = carry.get(model.output) as Handle;
  if ([...estimates.values()].flat().includes(prediction)) counts.hold(prediction);
  for (const { active: one, decision } of visits.values()) {
    decider.record(one, step, decision);
    const feature = estimates.get(one.site);
    if (!feature) continue;
    if (one.method.keeps === "every visit") history.push(one.site, feature, one.method.history ?? 1);
    else if (one.method.keeps === "both") history.pushRecent(one.site, feature);
    else for (const handle of feature) counts.drop(handle);
  }
  const verdicts = new Map<ActiveSite, Decision>([...visits].map(([one, { decision }]) => [one, decision]));
  const ran = !skipped.some(({ from, to }) => from === 0 && to === end);
  await probes.settle(verdicts, ran ? prediction : undefined);
  for (const handle of observedHere) counts.drop(handle);
  return { prediction, visits: [...visits.values()], skipped };
};
