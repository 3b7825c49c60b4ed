import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { type GraphBuilder, graphBuilder } from "../../src/engine/graph/builder.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import type { Tensor } from "../../src/engine/tensor.js";

// Every node that the builder writes, on the real runtime against arithmetic by hand.

const tensor = (dims: readonly number[], values: readonly number[]): Tensor => ({
  dims,
  data: Float32Array.from(values),
});
const store = weightStore(
  new Map([
    ["layer.weight", tensor([3, 2], [1, 2, 3, 4, 5, 6])], // out 3, in 2
    ["layer.bias", tensor([3], [10, 20, 30])],
    ["plain.weight", tensor([1, 2], [1, -1])],
  ]),
);

const evaluate = async (
  input: Tensor,
  build: (g: GraphBuilder, x: ReturnType<GraphBuilder["input"]>) => ReturnType<GraphBuilder["input"]>,
) => {
  const g = graphBuilder(store);
  const y = build(g, g.input("x", input.dims));
  g.output("y", y);
  const backend = wasmBackend(ort);
  const compiled = await backend.compile(g.finish("test"));
  const out = (await backend.run(compiled, new Map([["x", backend.upload(input)]]), new Set(["y"]))).get("y");
  if (!out) throw new Error("no output");
  const data = [...(await backend.read(out))];
  await backend.dispose();
  return { dims: y.dims, data };
};

describe("graph builder", () => {
  const row = tensor([1, 2], [3, 5]);
  test("linear is PyTorch's: x · Wᵀ + b, with and without bias", async () => {
    expect(await evaluate(row, (g, x) => g.linear(x, "layer"))).toEqual({ dims: [1, 3], data: [23, 49, 75] });
    expect(await evaluate(row, (g, x) => g.linear(x, "plain"))).toEqual({ dims: [1, 1], data: [-2] });
  });
  test("what no output needs is not in the graph: no node, weight or input of it", async () => {
    const g = graphBuilder(store);
    const [x, unread] = [g.input("x", [1, 2]), g.input("unread", [1, 2])];
    g.linear(g.mul(unread, g.scalar(7)), "layer");
    g.output("y", g.linear(x, "plain"));
    const graph = g.finish("test");
    expect(graph.inputs).toEqual([x]);
    expect(graph.weights.map(({ name }) => name)).toEqual(["plain.weight^T"]);
    expect(graph.nodes).toBe(2);
    const text = new TextDecoder("latin1").decode(graph.serialize("initializers"));
    expect(text).toContain("plain.weight");
    expect(text).not.toMatch(/layer\.|unread|float\[7]/);
  });
  test("add, sub and mul broadcast", async () => {
    const column = tensor([2, 1], [1, 2]);
    expect(await evaluate(column, (g, x) => g.add(x, g.mul(g.weight("layer.bias"), g.scalar(2))))).toEqual({
      dims: [2, 3],
      data: [21, 41, 61, 22, 42, 62],
    }); // prettier-ignore
    expect((await evaluate(column, (g, x) => g.sub(x, g.scalar(0.5)))).data).toEqual([0.5, 1.5]);
  });
  test("reshape, transpose, slice and concat move numbers", async () => {
    const grid = tensor([2, 3], [0, 1, 2, 3, 4, 5]);
    expect(await evaluate(grid, (g, x) => g.transpose(x, [1, 0]))).toEqual({ dims: [3, 2], data: [0, 3, 1, 4, 2, 5] });
    expect(await evaluate(grid, (g, x) => g.slice(x, 1, 1, 3))).toEqual({ dims: [2, 2], data: [1, 2, 4, 5] });
    expect(await evaluate(grid, (g, x) => g.concat([x, g.slice(x, 0, 1, 2)], 0))).toEqual({
      dims: [3, 3],
      data: [0, 1, 2, 3, 4, 5, 3, 4, 5],
    }); // prettier-ignore
    expect(await evaluate(grid, (g, x) => g.reshape(x, [3, 1, 2]))).toEqual({
      dims: [3, 1, 2],
      data: [0, 1, 2, 3, 4, 5],
    });
  });
  test("silu and gelu", async () => {
    const { data: silu } = await evaluate(row, (g, x) => g.silu(x));
    expect(silu[0]).toBeCloseTo(3 / (1 + Math.exp(-3)), 5);
    const { data: gelu } = await evaluate(tensor([1], [1]), (g, x) => g.gelu(x, "none"));
    expect(gelu[0]).toBeCloseTo(0.8413447, 5);
    const { data: tanh } = await evaluate(tensor([1], [1]), (g, x) => g.gelu(x, "tanh"));
    expect(tanh[0]).toBeCloseTo(0.841192, 5);
  });
  test("layer norm takes scale and shift computed at run time", async () => {
    const { data } = await evaluate(tensor([1, 2], [1, 3]), (g, x) => {
      const vector = g.reshape(x, [2]);
      return g.layerNorm(x, vector, vector, 1e-6);
    });
    expect(data[0]).toBeCloseTo(-1 * 1 + 1, 4);
    expect(data[1]).toBeCloseTo(1 * 3 + 3, 4);
  });
  test("attention is softmax(q kᵀ / √d) v for each head", async () => {
    const x = tensor([1, 2, 2], [1, 0, 0, 1]);
    const { data } = await evaluate(x, (g, value) => g.attention(value, value, value, 1));
    const weight = Math.exp(1 / Math.SQRT2) / (Math.exp(1 / Math.SQRT2) + 1);
    expect(data[0]).toBeCloseTo(weight, 5);
    expect(data[1]).toBeCloseTo(1 - weight, 5);
  });
  test("an output may have the name of an input", async () => {
    const g = graphBuilder(store);
    expect(g.output("x", g.add(g.input("x", [1]), g.scalar(1)))).toBe("x'");
  });
});
