import * as ort from "onnxruntime-web";
import { wasmBackend } from "../src/engine/backends/wasm.js";
import { type ExecutorOptions, executor } from "../src/engine/cache/execute.js";
import { handleCounts } from "../src/engine/cache/history.js";
import type { Observed } from "../src/engine/cache/pass.js";
import type { Graph } from "../src/engine/graph/builder.js";
import { weightStore } from "../src/engine/graph/weights.js";
import type { Branch, CacheMethod, Site } from "../src/engine/method.js";
import type { Model, Part } from "../src/engine/models/model.js";
import { type Span, siteMap } from "../src/engine/models/sites.js";
import { tapsOf } from "../src/engine/models/taps.js";
import type { Tensor } from "../src/engine/tensor.js";
import { strict } from "./strict-backend.js";

/** `values` as a row. */
export const row = (...values: number[]): Tensor => ({ dims: [1, values.length], data: Float32Array.from(values) });

/**
 * A network of arithmetic, where computing and reusing give different numbers: `depth` blocks that double the stream.
 * A block is one sub-layer that writes f = x and a merge x + f. The text is added to the prediction. Real ONNX graphs on
 * the real runtime.
 */
export const doublingModel = (depth: number, width = 1): Model => {
  const parts: Part[] = [{ id: "embed", emit: (_, stream) => stream.set("x", stream.get("latents")) }];
  const subLayers: Site[] = [];
  const blocks: Span[] = [];
  for (let block = 0; block < depth; block++) {
    const id = `blocks.${block}.attn`;
    const from = parts.length;
    // Times one, so that the feature is a tensor of its own.
    parts.push({ id, emit: (g, stream) => stream.set(id, g.mul(stream.get("x"), g.scalar(1))) });
    subLayers.push({ id, kind: "spatial-attention", from, to: from + 1, values: [id], keeps: "value" });
    parts.push({ id: `${id}.merge`, emit: (g, stream) => stream.set("x", g.add(stream.get("x"), stream.get(id))) });
    blocks.push({ from, to: parts.length });
  }
  parts.push({ id: "head", emit: (g, stream) => stream.set("prediction", g.add(stream.get("x"), stream.get("text"))) });
  const dims = [1, width];
  return {
    architecture: "Doubling",
    key: `doubling ${depth} ${width}`,
    parameters: 0,
    parts,
    sites: siteMap({ subLayers, blocks, stream: ["x"], parts: parts.length, output: "prediction" }),
    tap: tapsOf({
      architecture: "Doubling",
      stream: "x",
      blocks,
      subLayers,
      parts: parts.length,
      modulatedInput: { value: "x", after: 1 },
      timestepEmbedding: { value: "timestep", after: 0 },
    }),
    inputs: [
      { name: "latents", dims },
      { name: "timestep", dims: [1, 1] },
      { name: "text", dims },
    ], // prettier-ignore
    volume: (g, latents) => g.reshape(latents, [1, 1, 1, 1, width]),
    conditions: [{ name: "text", dims }],
    output: "prediction",
    weights: weightStore(new Map()),
    embedTimestep: (timestep) => row(timestep),
  };
};

/** A network that is one product: prediction = latents · timestep, so that a run of it solves dx/dt = x · timestep. */
export const productModel = (width = 1): Model => {
  const model = doublingModel(1, width);
  const product: Part = {
    id: "product",
    emit: (g, stream) =>
      stream.set("prediction", g.add(g.mul(stream.get("latents"), stream.get("timestep")), stream.get("text"))),
  };
  return {
    ...model,
    architecture: "Product",
    key: `product ${width}`,
    parts: [product],
    sites: siteMap({ subLayers: [], blocks: [], stream: [], parts: 1, output: "prediction" }),
    tap: (id) => ({ id, value: id === "output" ? "prediction" : id, after: id === "output" ? 1 : 0 }),
  };
};

export interface ArithmeticRun {
  readonly model: Model;
  readonly methods: readonly CacheMethod[];
  /** One latent row per step, as if a scheduler had made them. */
  readonly latents: readonly Tensor[];
  /** Makes the next step's latents instead of taking them from `latents`, of which only the number then counts. */
  readonly next?: (latents: readonly number[], prediction: readonly number[], step: number) => readonly number[];
  readonly timesteps?: readonly number[];
  /** Noise in the latents of each step, for probes that filter. Default: none. */
  readonly sigmas?: readonly number[];
  readonly guidance?: number;
  readonly text?: Readonly<Partial<Record<Branch, Tensor>>>;
  readonly cuts?: ExecutorOptions["cuts"];
  /** Ids of taps to read in every pass. */
  readonly observed?: readonly string[];
}

/** Runs an executor over given latents, step by step. `graphs` are those that each step ran. */
export const runArithmetic = async (run: ArithmeticRun) => {
  const { model, methods, latents, guidance = 1, cuts = [] } = run;
  const { backend, heldBytes } = strict(wasmBackend(ort));
  const zero = row(...new Array<number>((latents[0] as Tensor).data.length).fill(0));
  const text = { cond: zero, uncond: zero, ...run.text };
  const counts = handleCounts(backend);
  const graphs: Graph[][] = [];
  const observed: Observed[] = [];
  const execute = executor({
    model,
    backend,
    counts,
    methods,
    guidance,
    cuts,
    timesteps: run.timesteps ?? latents.map((_, step) => 1000 - step),
    sigmas: run.sigmas ?? latents.map(() => 0),
    conditions: { cond: new Map([["text", text.cond]]), uncond: new Map([["text", text.uncond]]) },
    observed: (run.observed ?? []).map((id) => model.tap(id)),
    observe: (value) => observed.push(value),
    compile(graph) {
      graphs.at(-1)?.push(graph);
      return backend.compile(graph);
    },
  });
  const outputs: number[][] = [];
  const cacheBytes: number[] = [];
  let current = latents[0] as Tensor;
  for (const [step, latent] of latents.entries()) {
    if (!run.next) current = latent;
    graphs.push([]);
    const handle = backend.upload(current);
    const prediction = await execute.predict(step, handle);
    const output = [...(await backend.read(prediction))];
    outputs.push(output);
    if (run.next) current = row(...run.next([...current.data], output, step));
    counts.drop(prediction);
    counts.drop(handle);
    cacheBytes.push(execute.cacheBytes());
    const kept = heldBytes() - (guidance === 1 ? 1 : 2) * 4 * zero.data.length; // beside the text of each branch
    if (kept !== execute.cacheBytes()) throw new Error(`${kept} bytes are kept, not ${execute.cacheBytes()}`);
  }
  const [sites, visits] = [execute.sites(), execute.visits()];
  execute.end();
  if (heldBytes() > 0) throw new Error(`${heldBytes()} bytes are still held after the run`);
  await backend.dispose();
  return { outputs, sites, visits, graphs, observed, cacheBytes, bytesAfter: execute.cacheBytes() };
};
