import type * as Ort from "onnxruntime-web";
import type { Graph } from "../graph/builder.js";
import { bytesOf } from "../graph/builder.js";
import { combineCpu, measureCpu, splitCpu } from "../kernels/cpu.js";
import { sizeOf, type Tensor } from "../tensor.js";
import type { Backend, Compiled, Handle } from "./backend.js";
import { failureOf } from "./no-room.js";
import { ortInOrder } from "./runtime.js";
import { wasmWeights } from "./wasm-weights.js";

interface WasmHandle extends Handle {
  readonly data: Float32Array;
}

interface WasmCompiled extends Compiled {
  readonly session: Ort.InferenceSession;
}

const outputsOf = ({ graph }: Compiled): number => graph.outputs.reduce((sum, one) => sum + bytesOf(one), 0);

/** Sessions kept, and weights of their own: the least recently used ones go first, and are made again when asked for. */
const most = { sessions: 512, ownedBytes: 2 ** 30 };

/** Weights of this size and more make a first run for its own sake, which lays out memory, too dear. */
const warmedBytes = 2 ** 28;

/** Inputs that only have the right shapes. */
const zeros = (ort: typeof Ort, { inputs }: Graph): Record<string, Ort.Tensor> =>
  Object.fromEntries(
    inputs.map(({ name, dims }) => [name, new ort.Tensor("float32", new Float32Array(sizeOf(dims)), dims)]),
  );

const wrap = (dims: readonly number[], data: Float32Array): WasmHandle => ({ dims, data, bytes: data.byteLength });
const dataOf = (handle: Handle): Float32Array => (handle as WasmHandle).data;

/**
 * onnxruntime's WebAssembly kernels, in a browser or in Node. A large network's weights come into every graph as the store
 * keeps them: a session that owned them would hold a copy for each graph. Handles are ordinary arrays, so nothing has to
 * be released.
 *
 * @param ort the module to use: every build of onnxruntime-web has the WASM provider
 * @param shareFrom number of weights from which on a network is large
 */
export const wasmBackend = (ort: typeof Ort, shareFrom?: number): Backend => {
  const sessions = new Map<string, WasmCompiled>(); // in the order of last use
  const weights = wasmWeights(ort, shareFrom);
  const inOrder = ortInOrder(ort);
  const makeRoom = async (): Promise<void> => {
    for (const [key, { session }] of sessions) {
      const owned = [...sessions.values()].reduce((sum, { graph }) => sum + weights.owned(graph), 0);
      if (sessions.size < most.sessions && owned <= most.ownedBytes) return;
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
          const session = await ort.InferenceSession.create(graph.serialize(weights.kindOf(graph)), {
            executionProviders: ["wasm"],
            graphOptimizationLevel: "all",
          });
          // The first run lays out memory, and costs twice a later one.
          if (weights.bytes([{ graph }]) < warmedBytes)
            await session.run({ ...zeros(ort, graph), ...weights.feeds(graph) });
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
        const feeds: Record<string, Ort.Tensor> = { ...weights.feeds(graph) };
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
      weights: weights.bytes(used),
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
