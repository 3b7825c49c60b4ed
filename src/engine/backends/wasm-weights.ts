import type * as Ort from "onnxruntime-web";
import { bytesOf, type Graph } from "../graph/builder.js";
import type { WeightKind } from "../graph/lowering.js";
import { storedName, type WeightStore } from "../graph/weights.js";
import type { Compiled } from "./backend.js";

/**
 * Networks of this many weights and more share theirs between graphs. A session reads weights of its own faster, since it
 * lays them out once: by 3 to 9 % on models of two million weights, whose copies are small. Weights in blocks of few bits
 * are shared whatever their number: they stay as they are.
 */
export const sharedFrom = 2 ** 24;

/** Where the WASM sessions have their weights from: copies of their own, or tensors over the store's own numbers. */
export const wasmWeights = (ort: typeof Ort, shareFrom = sharedFrom) => {
  const stores = new WeakMap<WeightStore, Map<string, Ort.Tensor>>();
  const feedsOf = new WeakMap<Graph, Readonly<Record<string, Ort.Tensor>>>();
  const kindOf = ({ store }: Graph): WeightKind =>
    store.parameters < shareFrom && !store.packed ? "initializers" : "stored";
  const tensorOf = (store: WeightStore, name: string): Ort.Tensor => {
    const held = stores.get(store) ?? new Map<string, Ort.Tensor>();
    stores.set(store, held);
    const found = held.get(name);
    if (found) return found;
    const { type, dims, data } = store.stored(name);
    const tensor = new ort.Tensor(type, data as Float32Array, dims);
    held.set(name, tensor);
    return tensor;
  };
  const feeds = (graph: Graph): Readonly<Record<string, Ort.Tensor>> => {
    const names = graph.entering(kindOf(graph));
    const found = feedsOf.get(graph) ?? Object.fromEntries(names.map((name) => [name, tensorOf(graph.store, name)]));
    feedsOf.set(graph, found);
    return found;
  };
  /** Bytes of the weights that a session holds itself. */
  const owned = (graph: Graph): number => {
    const coming = feeds(graph);
    return graph.weights.reduce((sum, one) => sum + (storedName(one.name) in coming ? 0 : bytesOf(one)), 0);
  };
  return {
    kindOf,
    /** The weights that come into a graph, by their names. */
    feeds,
    owned,
    /** Bytes of what these graphs read: shared weights once, those of a session for each. */
    bytes(used: Iterable<Pick<Compiled, "graph">>): number {
      const graphs = [...used].map(({ graph }) => graph);
      const tensors = new Set(graphs.flatMap((graph) => Object.values(feeds(graph))));
      const shared = [...tensors].reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0);
      return graphs.reduce((sum, graph) => sum + owned(graph), shared);
    },
  };
};
