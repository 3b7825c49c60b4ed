import type { Backend, Compiled, Handle } from "../backends/backend.js";
import { EngineError } from "../errors.js";
import type { Graph } from "../graph/builder.js";
import type { Model } from "../models/model.js";
import type { Tensor } from "../tensor.js";
import type { TraceSite, TraceVisit } from "../trace.js";
import { type ActiveSite, activeSites, decider, inBranch, leftOut, nameOf, probesOf } from "./decide.js";
import { plannedPasses } from "./dry-run.js";
import { featureHistory, type HandleCounts } from "./history.js";
import { type Branch, type CacheMethod, compute, type Decision, type Site } from "./method.js";
import { type BranchState, type PassVisit, pass } from "./pass.js";
import { probeBench } from "./probes.js";
import { type Segmenter, segmenter } from "./segments.js";

export interface ExecutorOptions {
  readonly model: Model;
  readonly backend: Backend;
  readonly counts: HandleCounts;
  readonly methods: readonly CacheMethod[];
  readonly timesteps: readonly number[];
  readonly guidance: number;
  /** Values of the model's conditions, by graph input name; "uncond" only where guidance is not 1. */
  readonly conditions: Readonly<Partial<Record<Branch, ReadonlyMap<string, Tensor>>>>;
  readonly compile: (graph: Graph) => Promise<Compiled>;
  /** Shared between runs of one model, so that graphs are built once. */
  readonly segments?: Segmenter;
  readonly cuts?: "probes" | "sites";
}

/**
 * Carries out the decisions of caching methods over one run. Owns features, probes and guidance branches; everything it
 * allocates is gone after `end`.
 */
export const executor = (options: ExecutorOptions) => {
  const { model, backend, counts, methods, timesteps, guidance, conditions, cuts = "probes" } = options;
  const steps = timesteps.length;
  const tools = {
    model,
    backend,
    counts,
    segments: options.segments ?? segmenter(model),
    compile: options.compile,
    cuts,
  };
  const all = activeSites(methods, model.sites);
  const network = all.filter(({ site }) => site.kind !== "uncond");
  const guided = guidance !== 1;

  const branch = (name: Branch): BranchState => {
    const active = inBranch(network, name);
    return {
      active,
      decider: decider(active, { steps, timesteps, branch: name }),
      history: featureHistory(backend, counts),
      probes: probeBench(backend, counts, model, active),
    };
  };
  const states: Record<Branch, BranchState> = { cond: branch("cond"), uncond: branch("uncond") };
  const gap = all.find(({ site }) => site.kind === "uncond");
  if (gap && !guided)
    throw new EngineError(
      "site-missing",
      `${gap.method.name} reuses the unconditional branch, and guidance 1 has none.`,
      {
        hint: "Choose a guidance scale above 1, or switch that part of the method off.",
      },
    );
  const gapDecider = decider(gap ? [gap] : [], { steps, timesteps, branch: "uncond" });
  const gapHistory = featureHistory(backend, counts);

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
    ...all.map(({ site }) => site).filter(({ kind }) => kind === "blocks" || kind === "output" || kind === "uncond"),
  ];
  const mark = (step: number, skipped: readonly Site[]): void => {
    for (const site of rows.filter(({ kind }) => kind !== "uncond")) {
      const row = ran.get(site.id) ?? [];
      row[step] = (row[step] ?? false) || !leftOut(site, skipped);
      ran.set(site.id, row);
    }
  };
  const trace = (step: number, name: Branch, { active: { site, method }, decision, readings, ms }: PassVisit): void => {
    visits.push({
      step,
      branch: name,
      site: site.id,
      method: method.name,
      decision: nameOf(decision),
      ...(decision === compute ? {} : { weights: decision.weights }),
      ...(readings.length ? { readings: readings.map((reading) => reading ?? null) } : {}),
      ...(ms === undefined ? {} : { ms }),
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
    const result = await pass(tools, states[name], { inputs, step, guided: both, given });
    for (const visit of result.visits) trace(step, name, visit);
    mark(step, result.skipped);
    return result;
  };

  return {
    /**
     * Compiles every graph the run will need, where that is known before it starts: methods without probes.
     * @returns whether it was known
     */
    async prepare(onCompile?: (done: number, total: number) => void): Promise<boolean> {
      if (cuts === "sites" || methods.some((method) => probesOf(method, model.sites).length > 0)) return false;
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
        if (!guided) return (await run("cond", step, shared, false, [])).prediction;
        const decision: Decision = gap ? gapDecider.visit(gap, step, [], true) : compute;
        if (gap) gapDecider.record(gap, step, decision);
        const cond = await run("cond", step, shared, decision === compute, []);
        const uncond =
          decision === compute
            ? await fullGuidance(step, shared, cond)
            : estimateUncond(gap as ActiveSite, decision, cond.prediction);
        if (gap) {
          trace(step, "uncond", { active: gap, decision, readings: [] });
          const row = ran.get(gap.site.id) ?? [];
          row[step] = decision === compute;
          ran.set(gap.site.id, row);
        }
        const prediction = backend.combine([
          { handle: uncond, weight: 1 - guidance },
          { handle: cond.prediction, weight: guidance },
        ]);
        counts.drop(uncond);
        counts.drop(cond.prediction);
        return prediction;
      } finally {
        counts.drop(timestep);
      }
    },
    /** Bytes of everything kept from step to step, each tensor once. */
    cacheBytes(): number {
      const handles = new Set([...gapHistory.handles()]);
      for (const { history, probes } of Object.values(states))
        for (const one of [...history.handles(), ...probes.handles()]) handles.add(one);
      return [...handles].reduce((sum, { bytes }) => sum + bytes, 0);
    },
    visits: (): readonly TraceVisit[] => visits,
    sites: (): readonly TraceSite[] =>
      rows.map(({ id, kind }) => ({
        site: id,
        kind,
        computed: (ran.get(id) ?? []).map((did) => (did ? "1" : "0")).join(""),
      })),
    /** Releases everything; safe at any moment, also after an error. */
    end(): void {
      gapHistory.clear();
      for (const { history, probes } of Object.values(states)) {
        history.clear();
        probes.clear();
      }
      for (const handles of held.values()) for (const handle of handles.values()) counts.drop(handle);
      held.clear();
    },
  };

  async function fullGuidance(
    step: number,
    shared: ReadonlyMap<string, Handle>,
    cond: Awaited<ReturnType<typeof run>>,
  ): Promise<Handle> {
    const given = cond.visits.filter(({ active: { method } }) => method.shared);
    const { prediction } = await run("uncond", step, shared, true, given);
    if (!gap) return prediction;
    const difference = backend.combine([
      { handle: prediction, weight: 1 },
      { handle: cond.prediction, weight: -1 },
    ]); // prettier-ignore
    if (gap.method.bands) {
      const { low, high } = await backend.split(difference);
      counts.drop(difference);
      gapHistory.push(gap.site, [low, high], gap.method.history ?? 1);
    } else gapHistory.push(gap.site, [difference], gap.method.history ?? 1);
    return prediction;
  }

  function estimateUncond({ site }: ActiveSite, decision: Exclude<Decision, typeof compute>, cond: Handle): Handle {
    const [difference] = gapHistory.estimate(site, decision) as [Handle];
    const uncond = backend.combine([
      { handle: cond, weight: 1 },
      { handle: difference, weight: 1 },
    ]); // prettier-ignore
    counts.drop(difference);
    return uncond;
  }
};
