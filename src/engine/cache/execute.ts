import type { Backend, Compiled, Handle } from "../backends/backend.js";
import type { Graph } from "../graph/builder.js";
import { type Branch, type CacheMethod, compute, type Site } from "../method.js";
import type { Model, Tap } from "../models/model.js";
import type { Tensor } from "../tensor.js";
import type { TraceSite, TraceVisit } from "../trace/trace.js";
import { aboveNetwork, activeSites, decider, inBranch, knownAhead, leftOut, nameOf } from "./decide.js";
import { plannedPasses } from "./dry-run.js";
import { guidedStep } from "./guidance.js";
import { featureHistory, type HandleCounts } from "./history.js";
import { type BranchState, type Observed, type PassVisit, pass } from "./pass.js";
import { probeBench } from "./probes.js";
import type { SeaFilter } from "./sea-filter.js";
import { type Segmenter, segmenter } from "./segments.js";

export interface ExecutorOptions {
  readonly model: Model;
  readonly backend: Backend;
  readonly counts: HandleCounts;
  readonly methods: readonly CacheMethod[];
  readonly timesteps: readonly number[];
  /** The noise in the latents of each step (`Scheduler.sigmas`), for probes that filter. */
  readonly sigmas: readonly number[];
  readonly guidance: number;
  /** Values of the model's conditions, by graph input name; "uncond" only where guidance is not 1. */
  readonly conditions: Readonly<Partial<Record<Branch, ReadonlyMap<string, Tensor>>>>;
  readonly compile: (graph: Graph) => Promise<Compiled>;
  /** Shared between runs of one model, so that graphs are built once. */
  readonly segments?: Segmenter;
  /** Parts before which a graph ends, besides those where a probe is read. Default none. */
  readonly cuts?: readonly number[];
  /** Values to read in every pass, for calibration. Default none. */
  readonly observed?: readonly Tap[];
  readonly observe?: (value: Observed) => void;
}

/**
 * Carries out the decisions of caching methods over one run. Owns features, probes and guidance branches; everything it
 * allocates is gone after `end`.
 */
export const executor = (options: ExecutorOptions) => {
  const { model, counts, methods, timesteps, guidance, conditions, cuts = [] } = options;
  const steps = timesteps.length;
  let probeMs = 0;
  const probing =
    <A extends unknown[], T>(work: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      const before = performance.now();
      const done = await work(...given);
      probeMs += performance.now() - before;
      return done;
    };
  const backend: Backend = { ...options.backend, measure: probing(options.backend.measure) };
  const tools = {
    model,
    backend,
    counts,
    segments: options.segments ?? segmenter(model),
    compile: options.compile,
    cuts,
    observed: options.observed ?? [],
    observe: options.observe ?? (() => {}),
  };
  const all = activeSites(methods, model.sites);
  const network = all.filter(({ site }) => !aboveNetwork(site));
  const guided = guidance !== 1;
  let sea: SeaFilter | undefined;
  /** Loaded with the first latents that are filtered: few methods ask for it. */
  const filter: SeaFilter = {
    async apply(...given) {
      const { seaFilter } = await import("./sea-filter.js");
      sea ??= seaFilter({ ...options, backend: { ...backend, run: probing(backend.run) } });
      return sea.apply(...given);
    },
    clear: () => sea?.clear(),
  };

  const branch = (name: Branch): BranchState => {
    const active = inBranch(network, name);
    return {
      active,
      decider: decider(active, { steps, timesteps, branch: name }),
      history: featureHistory(backend, counts),
      probes: probeBench(
        backend,
        counts,
        model,
        filter,
        active.filter(({ method }) => name === "cond" || !method.shared), // those follow without measuring
      ),
    };
  };
  const states: Record<Branch, BranchState> = { cond: branch("cond"), uncond: branch("uncond") };
  const held = new Map<Branch, Map<string, Handle>>();
  const conditionsOf = (name: Branch): Map<string, Handle> => {
    const found =
      held.get(name) ?? new Map([...(conditions[name] ?? [])].map(([key, tensor]) => [key, backend.upload(tensor)]));
    held.set(name, found);
    return found;
  };

  const visits: TraceVisit[] = [];
  const ran = new Map<string, boolean[]>();
  const rows: Site[] = [
    ...model.sites.all(),
    ...all.map(({ site }) => site).filter((site) => !model.sites.all().includes(site)),
  ];
  /** Books whether a site ran in a step, in either branch. */
  const mark = (step: number, site: Site, did: boolean): void => {
    const row = ran.get(site.id) ?? [];
    row[step] = (row[step] ?? false) || did;
    ran.set(site.id, row);
  };
  const markAll = (step: number, did: (site: Site) => boolean): void => {
    for (const site of rows) if (!aboveNetwork(site)) mark(step, site, did(site));
  };
  const trace = (step: number, name: Branch, visit: Omit<PassVisit, "kept">): void => {
    const { active, decision, reasons, readings } = visit;
    const { site, method } = active;
    visits.push({
      step,
      branch: name,
      site: site.id,
      method: method.name,
      decision: nameOf(decision),
      ...(decision === compute ? {} : { weights: decision.weights }),
      ...(readings.length ? { readings: readings.map((reading) => reading ?? null) } : {}),
      ...(reasons ? { reasons } : {}),
    });
  };

  /** Runs one branch, and books its visits. */
  const run = async (
    name: Branch,
    step: number,
    shared: ReadonlyMap<string, Handle>,
    both: boolean,
    given: readonly PassVisit[],
  ) => {
    const inputs = new Map([...shared, ...conditionsOf(name)]);
    const result = await pass(tools, states[name], { branch: name, inputs, step, guided: both, given });
    for (const visit of result.visits) trace(step, name, visit);
    markAll(step, (site) => !leftOut(site, result.skipped));
    return result;
  };
  const above = guidedStep({
    backend,
    counts,
    model,
    filter,
    active: all.filter(({ site }) => aboveNetwork(site)),
    timesteps,
    guidance,
    run,
    booked(step, visit) {
      trace(step, visit.active.site.kind === "uncond" ? "uncond" : "cond", visit);
      mark(step, visit.active.site, visit.decision === compute);
      if (visit.active.site.kind !== "guided" || visit.decision === compute) return;
      markAll(step, () => false);
      for (const site of rows) if (site.kind === "uncond") mark(step, site, false);
    },
  });

  return {
    /**
     * Compiles every graph the run will need, where that is known before it starts: methods without probes.
     * @returns whether it was known
     */
    async prepare(onCompile?: (done: number, total: number) => void): Promise<boolean> {
      if (cuts.length > 0 || tools.observed.length > 0 || methods.some((method) => !knownAhead(method, model.sites)))
        return false;
      const whole = { from: 0, to: model.parts.length, taps: [] };
      const passes = plannedPasses({ methods, timesteps, sites: model.sites, guided });
      const graphs = new Set(
        passes.map(
          ({ skipped, computed }) => tools.segments.segment({ ...whole, skip: skipped, keep: computed }).graph,
        ),
      ); // prettier-ignore
      for (const [index, graph] of [...graphs].entries()) {
        onCompile?.(index, graphs.size);
        if (graph.nodes > 0) await tools.compile(graph);
      }
      onCompile?.(graphs.size, graphs.size);
      return true;
    },
    /**
     * The guided prediction of one step: uncond + guidance · (cond − uncond). The caller holds the result.
     * @param latents in the shape of the model's "latents"; only read
     */
    async predict(step: number, latents: Handle): Promise<Handle> {
      const timestep = backend.upload(model.embedTimestep(timesteps[step] as number));
      const shared = new Map([
        ["latents", latents],
        ["timestep", timestep],
      ]); // prettier-ignore
      try {
        return await above.predict(step, latents, shared);
      } finally {
        counts.drop(timestep);
      }
    },
    /** Bytes of everything kept from step to step, each tensor once. */
    cacheBytes(): number {
      const handles = new Set(above.handles());
      for (const { history, probes } of Object.values(states))
        for (const one of [...history.handles(), ...probes.handles()]) handles.add(one);
      return [...handles].reduce((sum, { bytes }) => sum + bytes, 0);
    },
    /** Time in which probes were read so far. */
    probeMs: (): number => probeMs,
    visits: (): readonly TraceVisit[] => visits,
    sites: (): readonly TraceSite[] =>
      rows.map(({ id, kind }) => ({
        site: id,
        kind,
        computed: (ran.get(id) ?? []).map((did) => (did ? "1" : "0")).join(""),
      })),
    /** Releases everything; safe at any moment, also after an error. */
    end(): void {
      above.clear();
      filter.clear();
      for (const { history, probes } of Object.values(states)) {
        history.clear();
        probes.clear();
      }
      for (const handles of held.values()) for (const handle of handles.values()) counts.drop(handle);
      held.clear();
    },
  };
};
