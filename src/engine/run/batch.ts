import type { GenerateOptions, Result, RunInputs } from "../engine.js";
import type { Tensor } from "../tensor.js";
import type { Trace, TraceSite } from "../trace/trace.js";

// A method that decides by what it measures must not decide for one clip by the mean over several. So a batch that has
// such a method runs clip by clip, and each is what a run of its own makes.

const part = ({ dims, data }: Tensor, index: number): Tensor => {
  const [count, ...rest] = dims as [number, ...number[]];
  if (count === 1) return { dims, data };
  const size = data.length / count;
  return { dims: [1, ...rest], data: data.slice(index * size, (index + 1) * size) };
};
const parts = (tensors: Readonly<Record<string, Tensor>>, index: number): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, part(tensor, index)]));

/** The request of one clip out of a batch. `draws`: its scheduler adds noise, from a generator for each clip. */
export const clipOf = (request: GenerateOptions, index: number, draws: boolean): GenerateOptions => {
  const { inputs, clips: _, ...rest } = request;
  if (!inputs) return { ...rest, seed: (request.seed ?? 0) + index };
  const own: RunInputs = {
    noise: part(inputs.noise, index),
    cond: parts(inputs.cond, index),
    ...(inputs.uncond ? { uncond: parts(inputs.uncond, index) } : {}),
  };
  return { ...rest, inputs: own, ...(draws ? { seed: (request.seed ?? 0) + index } : {}) };
};

const joined = (tensors: readonly Tensor[]): Tensor => {
  const [{ dims, data }] = tensors as [Tensor];
  const all = new Float32Array(tensors.length * data.length);
  for (const [index, tensor] of tensors.entries()) all.set(tensor.data, index * data.length);
  return { dims: [tensors.length, ...dims.slice(1)], data: all };
};

const sum = (rows: readonly (readonly number[])[]): readonly number[] =>
  (rows[0] as readonly number[]).map((_, step) => rows.reduce((total, row) => total + (row[step] as number), 0));

/** A site counts as computed in a step if any clip computed it. */
const sites = (traces: readonly Trace[]): readonly TraceSite[] =>
  (traces[0] as Trace).sites.map((site, index) => ({
    ...site,
    computed: [...site.computed]
      .map((_, step) => (traces.some((trace) => trace.sites[index]?.computed[step] === "1") ? "1" : "0"))
      .join(""),
  }));

/** One result of several clips made one after the other: times add up, bytes are the largest. */
export const mergeResults = (results: readonly Result[]): Result => {
  const [first] = results as [Result];
  const traces = results.map(({ trace }) => trace);
  const largest = traces.reduce((a, b) => (b.totals.bytes.peak.cache > a.totals.bytes.peak.cache ? b : a));
  const total = (field: "wallMs" | "compileMs" | "decodeMs"): number =>
    traces.reduce((all, { totals }) => all + (totals[field] ?? 0), 0);
  const trace: Trace = {
    ...first.trace,
    clips: results.length,
    sites: sites(traces),
    visits: traces.flatMap(({ visits }, clip) => visits.map((visit) => ({ ...visit, clip }))),
    stepMs: sum(traces.map(({ stepMs }) => stepMs)),
    stepProbeMs: sum(traces.map(({ stepProbeMs }) => stepProbeMs ?? [])),
    stepCacheBytes: largest.stepCacheBytes,
    totals: {
      ...largest.totals,
      wallMs: total("wallMs"),
      compileMs: total("compileMs"),
      ...(first.trace.totals.decodeMs === undefined ? {} : { decodeMs: total("decodeMs") }),
    },
  };
  /** What each clip has of every step, in one tensor a step. */
  const stepwise = (field: "predictions" | "stepLatents"): Partial<Result> =>
    first[field] === undefined
      ? {}
      : {
          [field]: first[field].map(
            (_, step) => joined(results.map((one) => ({ dims: [1], data: one[field]?.[step] as Float32Array }))).data,
          ),
        };
  return {
    clip: { ...joined(results.map(({ clip }) => clip)), fps: first.clip.fps },
    latents: joined(results.map(({ latents }) => latents)),
    trace,
    ...stepwise("predictions"),
    ...stepwise("stepLatents"),
  };
};
