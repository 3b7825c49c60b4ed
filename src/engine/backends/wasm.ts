import type * as Ort from "onnxruntime-web";
import type { Graph } from "../graph/builder.js";
import { bytesOf } from "../graph/builder.js";
import { combineCpu, measureCpu, splitCpu } from "../kernels/cpu.js";
import { sizeOf, type Tensor } from "../tensor.js";
import type { Backend, Compiled, Handle } from "./backend.js";
import { failureOf } from "./no-room.js";
import { ortInOrder } from "./runtime.js";

interface WasmHandle extends Handle {
  readonly data: Float32Array;
}

interface WasmCompiled extends Compiled {
  readonly session: Ort.InferenceSession;
}

const weightsOf = ({ graph }: Compiled): number => graph.weights.reduce((sum, one) => sum + bytesOf(one), 0);
const outputsOf = ({ graph }: Compiled): number => graph.outputs.reduce((sum, one) => sum + bytesOf(one), 0);

/** Weights that sessions may hold together; the least recently used ones go first, and come back when asked for. */
const weightBudgetBytes = 2 ** 30;

/** Inputs that only have the right shapes. */
const zeros = (ort: typeof Ort, { inputs }: Graph): Record<string, Ort.Tensor> =>
  Object.fromEntries(
    inputs.map(({ name, dims }) => [name, new ort.Tensor("float32", new Float32Array(sizeOf(dims)), dims)]),
  );

const wrap = (dims: readonly number[], data: Float32Array): WasmHandle => ({ dims, data, bytes: data.byteLength });
const dataOf = (handle: Handle): Float32Array => (handle as WasmHandle).data;

/**
 * onnxruntime's WebAssembly kernels, in a browser or in Node. Weights are initializers of each session, since inputs
 * are copied on every run; handles are ordinary arrays, so nothing has to be released.
 *
 * @param ort the module to use: every build of onnxruntime-web has the WASM provider
 */
export const wasmBackend = (ort: typeof Ort): Backend => {
  // In the order of last use. Every session has its own copy of the weights it reads.
  const sessions = new Map<string, WasmCompiled>();
  const weightBytes = (held: Iterable<Compiled> = sessions.values()): number =>
    [...held].reduce((sum, one) => sum + weightsOf(one), 0);
  const inOrder = ortInOrder(ort);
  const makeRoom = async (): Promise<void> => {
    for (const [key, { session }] of sessions) {
      if (weightBytes() <= weightBudgetBytes) return;
      sessions.delete(key);
      await session.release();
    }
  };

  return {
    name: "wasm",
    readsFree: true,
    description: `WebAssembly, ${ort.env.wasm.numThreads ?? 1} thread${ort.env.wasm.numThreads === 1 ? "" : "s"}`,
    compile: (graph: Graph) =>
      inOrder(async () => {
        const found = sessions.get(graph.key);
        sessions.delete(graph.key);
        if (found?.graph.store === graph.store) {
          sessions.set(graph.key, found);
          return found;
        }
        await found?.session.release();
        await makeRoom();
        try {
          const session = await ort.InferenceSession.create(graph.serialize("initializers"), {
            executionProviders: ["wasm"],
            graphOptimizationLevel: "all",
          });
          await session.run(zeros(ort, graph)); // the first run lays out memory, and costs twice a later one
          const compiled = { graph, session };
          sessions.set(graph.key, compiled);
          return compiled;
        } catch (cause) {
          throw failureOf(`onnxruntime-web refused the graph ${graph.key}`, cause, {
            hint: "This is a defect of the engine; please report it with the model's config.json.",
          });
        }
      }),
    run: (compiled, inputs, _keep) =>
      inOrder(async () => {
        const { graph, session } = compiled as WasmCompiled;
        const feeds: Record<string, Ort.Tensor> = {};
        for (const [name, handle] of inputs) feeds[name] = new ort.Tensor("float32", dataOf(handle), handle.dims);
        try {
          const results = await session.run(feeds);
          const outputs = graph.outputs.map(
            ({ name, dims }) => [name, wrap(dims, results[name]?.data as Float32Array)] as const,
          );
          return new Map<string, Handle>(outputs);
        } catch (cause) {
          throw failureOf(`onnxruntime-web failed while running ${graph.key}`, cause);
        }
      }),
    upload: ({ dims, data }: Tensor) => wrap(dims, data),
    read: async (handle) => dataOf(handle),
    combine(terms, clamp) {
      const [first] = terms as [(typeof terms)[number]];
      return wrap(
        first.handle.dims,
        combineCpu(
          terms.map(({ handle, weight }) => ({ data: dataOf(handle), weight })),
          clamp,
        ),
      ); // prettier-ignore
    },
    measure: async (now, older) => measureCpu(dataOf(now), dataOf(older)),
    async split(handle) {
      const { low, high } = splitCpu(dataOf(handle), handle.dims);
      return { low: wrap(handle.dims, low), high: wrap(handle.dims, high) };
    },
    release: () => {},
    releaseAll: () => {},
    settled: async () => {},
    bytes: (used = new Set(sessions.values())) => ({
      weights: weightBytes(used),
      activations: Math.max(0, ...[...used].map(outputsOf)),
      workspace: 0,
    }),
    dispose: () =>
      inOrder(async () => {
        for (const { session } of sessions.values()) await session.release();
        sessions.clear();
      }),
  };
};
