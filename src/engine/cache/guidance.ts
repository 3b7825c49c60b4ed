import type { Backend, Handle } from "../backends/backend.js";
import { EngineError } from "../errors.js";
import { type Branch, compute, type Decision, type StepKind } from "../method.js";
import type { Model } from "../models/model.js";
import { type ActiveSite, decider, type Verdict } from "./decide.js";
import { featureHistory, type HandleCounts } from "./history.js";
import type { PassResult, PassVisit } from "./pass.js";
import { probeBench } from "./probes.js";
import type { SeaFilter } from "./sea-filter.js";

export interface GuidedStepOptions {
  readonly backend: Backend;
  readonly counts: HandleCounts;
  readonly model: Model;
  readonly filter: SeaFilter;
  /** The sites above the network. */
  readonly active: readonly ActiveSite[];
  readonly timesteps: readonly number[];
  readonly guidance: number;
  /** Runs one branch. `both`: the unconditional one runs in this step; `given`: visits to follow. */
  run(
    branch: Branch,
    step: number,
    inputs: ReadonlyMap<string, Handle>,
    both: boolean,
    given: readonly PassVisit[],
  ): Promise<PassResult>;
  booked(step: number, visit: Omit<PassVisit, "kept">): void;
}

type Estimated = Exclude<Decision, typeof compute>;

/**
 * One step of both branches under classifier-free guidance, with the decisions above the network: whether the whole
 * step is computed ("guided"), and whether the unconditional branch is ("uncond").
 *
 * @throws EngineError "site-missing" for "uncond" without guidance, or a probe inside a network that may not run
 */
export const guidedStep = (options: GuidedStepOptions) => {
  const { backend, counts, model, filter, active, timesteps, guidance, run, booked } = options;
  const guided = guidance !== 1;
  const level = (kind: StepKind, branch: Branch) => {
    const one = active.find(({ site }) => site.kind === kind);
    const here = one ? [one] : [];
    return {
      one,
      decider: decider(here, { steps: timesteps.length, timesteps, branch }),
      history: featureHistory(backend, counts),
      probes: probeBench(backend, counts, model, filter, here),
    };
  };
  const [whole, gap] = [level("guided", "cond"), level("uncond", "uncond")];
  if (gap.one && !guided)
    throw new EngineError(
      "site-missing",
      `${gap.one.method.name} reuses the unconditional branch, and guidance 1 has none.`,
      { hint: "Choose a guidance scale above 1, or switch that part of the method off." },
    );
  for (const { one, probes } of [whole, gap])
    if (one && probes.needed(one).some(({ after }) => after > 0))
      throw new EngineError("site-missing", `${one.method.name} decides above the network by what lies inside it.`, {
        hint: "Probe the latents or the output.",
      });

  const productsAt = async ({ one, history }: typeof whole) =>
    one?.method.products ? await history.products(one.site) : undefined;
  const weighted = (...terms: readonly (readonly [Handle, number])[]): Handle =>
    backend.combine(terms.map(([handle, weight]) => ({ handle, weight })));

  const estimateUncond = ({ site }: ActiveSite, decision: Estimated, cond: Handle): Handle => {
    const [difference] = gap.history.estimate(site, decision) as [Handle];
    const uncond = weighted([cond, 1], [difference, 1]);
    counts.drop(difference);
    return uncond;
  };
  const computeUncond = async (step: number, inputs: ReadonlyMap<string, Handle>, cond: PassResult) => {
    const given = cond.visits.filter(({ active: { method } }) => method.shared);
    const { prediction } = await run("uncond", step, inputs, true, given);
    if (!gap.one) return prediction;
    const { site, method } = gap.one;
    const difference = weighted([prediction, 1], [cond.prediction, -1]);
    if (!method.bands) gap.history.push(site, [difference], method.history ?? 1);
    else {
      const { low, high } = await backend.split(difference);
      counts.drop(difference);
      gap.history.push(site, [low, high], method.history ?? 1);
    }
    return prediction;
  };

  /** uncond + guidance · (cond − uncond). */
  const branches = async (step: number, inputs: ReadonlyMap<string, Handle>): Promise<Handle> => {
    if (!guided) return (await run("cond", step, inputs, false, [])).prediction;
    const verdict: Verdict = gap.one
      ? await gap.decider.visit(gap.one, step, [], true, await productsAt(gap))
      : { decision: compute };
    const { decision } = verdict;
    if (gap.one) gap.decider.record(gap.one, step, decision);
    const cond = await run("cond", step, inputs, decision === compute, []);
    const uncond =
      decision === compute
        ? await computeUncond(step, inputs, cond)
        : estimateUncond(gap.one as ActiveSite, decision, cond.prediction);
    if (gap.one) booked(step, { ...verdict, active: gap.one, readings: [] });
    const prediction = weighted([uncond, 1 - guidance], [cond.prediction, guidance]);
    counts.drop(uncond);
    counts.drop(cond.prediction);
    return prediction;
  };

  return {
    /** The guided prediction of a step. The caller holds the result. */
    async predict(step: number, latents: Handle, inputs: ReadonlyMap<string, Handle>): Promise<Handle> {
      const { one, history, probes } = whole;
      if (!one) return branches(step, inputs);
      const { site, method } = one;
      await probes.begin(step, inputs);
      const readings = await probes.read(one);
      const verdict = await whole.decider.visit(one, step, readings, guided, await productsAt(whole));
      const { decision } = verdict;
      const residual = site.keeps === "residual";
      let prediction: Handle;
      if (decision === compute) {
        prediction = await branches(step, inputs);
        const feature = residual ? weighted([prediction, 1], [latents, -1]) : counts.hold(prediction);
        if (method.keeps === "both") history.pushRecent(site, [counts.hold(feature)]);
        history.push(site, [feature], method.history ?? 1);
      } else {
        const [feature] = history.estimate(site, decision) as [Handle];
        prediction = residual ? weighted([latents, 1], [feature, 1]) : counts.hold(feature);
        if (method.keeps === "every visit") history.push(site, [feature], method.history ?? 1);
        else if (method.keeps === "both") history.pushRecent(site, [feature]);
        else counts.drop(feature);
      }
      whole.decider.record(one, step, decision);
      booked(step, { ...verdict, active: one, readings });
      await probes.settle(new Map([[one, decision]]), decision === compute ? prediction : undefined);
      return prediction;
    },
    /** What is kept from step to step. */
    handles: (): Handle[] => [whole, gap].flatMap(({ history, probes }) => [...history.handles(), ...probes.handles()]),
    clear(): void {
      for (const { history, probes } of [whole, gap]) {
        history.clear();
        probes.clear();
      }
    },
  };
};
