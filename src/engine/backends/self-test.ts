import { type Graph, graphBuilder } from "../graph/builder.js";
import { type WeightStore, weightStore } from "../graph/weights.js";
import { randn } from "../random.js";
import type { Backend } from "./backend.js";
import type { Runtime } from "./runtime.js";
import { wasmBackend } from "./wasm.js";
import { webgpuBackend } from "./webgpu.js";
import type { Gpu } from "./webgpu-device.js";

/** Largest |a − b| over the largest |b|; Infinity if a number is missing or not finite. */
export const disagreement = (a: readonly Float32Array[], b: readonly Float32Array[]): number => {
  let [difference, size] = [0, 0];
  for (const [run, expected] of b.entries())
    for (const [index, value] of expected.entries()) {
      const error = Math.abs((a[run]?.[index] ?? Number.NaN) - value);
      if (Number.isNaN(error)) return Number.POSITIVE_INFINITY;
      difference = Math.max(difference, error);
      size = Math.max(size, Math.abs(value));
    }
  return difference === 0 ? 0 : difference / size;
};

const width = 64;
const [rows, fewRows] = [72, 9];
const dims = [2, rows, width];

const testWeights = (): WeightStore =>
  weightStore(
    new Map([
      ["qkv.weight", { dims: [3 * width, width], data: randn(1, 3 * width * width).data }],
      ["qkv.bias", { dims: [3 * width], data: randn(2, 3 * width).data }],
      ["out.weight", { dims: [width, width], data: randn(3, width * width).data }],
    ]),
  );

/**
 * Self-attention, cross-attention and a projection with run-time modulation: every kind of kernel that the models lean
 * on, with rows enough to leave the special cases of short sequences.
 */
const testGraph = (store: WeightStore): Graph => {
  const g = graphBuilder(store);
  const x = g.input("x", dims);
  const shift = g.input("shift", [width]);
  const qkv = g.linear(g.layerNorm(x, g.add(shift, g.scalar(1)), shift, 1e-6), "qkv");
  const [q, k, v] = [0, 1, 2].map((part) => g.slice(qkv, 2, part * width, (part + 1) * width)) as [
    typeof x,
    typeof x,
    typeof x,
  ];
  const own = g.attention(q, k, v, 4);
  const few = (value: typeof x) => g.slice(value, 1, 0, fewRows);
  const cross = g.attention(q, few(k), few(v), 4);
  g.output("attention", own);
  g.output("y", g.add(x, g.gelu(g.linear(g.add(own, cross), "out"), "tanh")));
  return g.finish("self-test");
};

/** Two runs on different inputs, and a weighted sum of what they gave: stale replays would show. */
const outputsOn = async (backend: Backend, graph: Graph): Promise<Float32Array[]> => {
  const outputs: Float32Array[] = [];
  try {
    const compiled = await backend.compile(graph);
    for (const seed of [4, 5]) {
      const inputs = graph.inputs.map(
        (input) => [input.name, backend.upload({ dims: input.dims, data: randn(seed, input.dims).data })] as const,
      );
      const results = await backend.run(compiled, new Map(inputs), new Set(["y"]));
      for (const { name } of graph.outputs) {
        const handle = results.get(name);
        if (!handle) continue;
        outputs.push((await backend.read(handle)).slice());
        outputs.push((await backend.read(backend.combine([{ handle, weight: 0.5 }], 2))).slice());
      }
    }
  } finally {
    await backend.dispose();
  }
  return outputs;
};

/** One small graph on each kind of backend; the WASM kernels are the truth. */
export const selfTest = (ort: Runtime, gpu: Gpu) => {
  const graph = testGraph(testWeights());
  return {
    wasm: () => outputsOn(wasmBackend(ort), graph),
    webgpu: ({ capture }: { readonly capture: boolean }) => outputsOn(webgpuBackend({ ort, gpu, capture }), graph),
  };
};
