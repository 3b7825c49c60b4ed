import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend, Handle } from "../../src/engine/backends/backend.js";
import { loadRuntime, ortInOrder, type Runtime } from "../../src/engine/backends/runtime.js";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { webgpuBackend } from "../../src/engine/backends/webgpu.js";
import type { Gpu } from "../../src/engine/backends/webgpu-device.js";
import { type GraphBuilder, type GraphValue, graphBuilder } from "../../src/engine/graph/builder.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { relativeDifference } from "../numbers.js";
import { openTestGpu, readAll, runBlock } from "./block.js";
import { blockGraph, blockWeights, rows } from "./small-graph.js";

let ort: Runtime;
let gpu: Gpu;

beforeAll(async () => {
  ort = await loadRuntime("jspi");
  gpu = await openTestGpu();
});
afterAll(() => gpu.close());

describe.each([false, true])("graphs, captured: %s", (capture) => {
  it("give what WASM gives, on every run and with every input", async () => {
    const [wasm, webgpu] = [wasmBackend(ort), webgpuBackend({ ort, gpu, capture, validation: !capture })];
    const graph = blockGraph(blockWeights());
    for (const seed of [10, 20, 30]) {
      const expected = await readAll(wasm, await runBlock(wasm, graph, seed, ["y", "attention"]));
      const found = await readAll(webgpu, await runBlock(webgpu, graph, seed, ["y"]));
      expect(relativeDifference(found["y"] as Float32Array, expected["y"] as Float32Array)).toBeLessThan(1e-5);
      expect(
        relativeDifference(found["attention"] as Float32Array, expected["attention"] as Float32Array),
      ).toBeLessThan(1e-5);
    }
    await webgpu.dispose();
    await wasm.dispose();
  });

  it("keep what is asked for while the graph runs again, and chain", async () => {
    const webgpu = webgpuBackend({ ort, gpu, capture });
    const store = blockWeights();
    const [first, second] = [blockGraph(store, "first"), blockGraph(store, "second")];
    const kept = (await runBlock(webgpu, first, 1, ["y"])).get("y") as Handle;
    const before = (await webgpu.read(kept)).slice();
    const scratch = (await runBlock(webgpu, first, 2, [])).get("y") as Handle;
    const modulation = webgpu.upload(rows(3, 2, 32));
    const chained = await webgpu.run(
      await webgpu.compile(second),
      new Map([
        ["x", scratch],
        ["modulation", modulation],
      ]),
      new Set(["y"]),
    );
    expect([...(await webgpu.read(kept))]).toEqual([...before]);

    const wasm = wasmBackend(ort);
    const middle = (await runBlock(wasm, first, 2, [])).get("y") as Handle;
    const expected = await wasm.run(
      await wasm.compile(second),
      new Map([
        ["x", middle],
        ["modulation", wasm.upload(rows(3, 2, 32))],
      ]),
      new Set(["y"]),
    );
    const [found, wanted] = [
      await webgpu.read(chained.get("y") as Handle),
      await wasm.read(expected.get("y") as Handle),
    ];
    expect(relativeDifference(found, wanted)).toBeLessThan(1e-5);
    await webgpu.dispose();
    await wasm.dispose();
  });

  it("share weights, and give all memory back", async () => {
    const alone = gpu.bytes();
    const webgpu = webgpuBackend({ ort, gpu, capture });
    const store = blockWeights();
    const graphs = ["one", "two"].map((key) => blockGraph(store, key));
    const runAll = async () => {
      for (const graph of graphs) await runBlock(webgpu, graph, 1, ["y", "attention"]);
      const during = webgpu.bytes();
      webgpu.releaseAll();
      await ortInOrder(ort)(async () => {}); // onnxruntime's own buffers are given back in order with everything else
      return { during, after: webgpu.bytes() };
    };
    await runAll();
    const first = await runAll();
    expect(first.during.weights).toBe(4 * (96 * 32 + 96 + 32 * 32));
    expect(first.during.workspace - first.after.workspace).toBeGreaterThanOrEqual(2 * 2 * 4 * 2 * 5 * 32);
    for (let run = 0; run < 4; run++) expect(await runAll()).toEqual(first);
    await webgpu.dispose();
    expect(gpu.bytes()).toEqual(alone);
  });
});

describe("captured graphs of a backend with little room", () => {
  it("are few, give the same, and leave when a later run does not need them", async () => {
    const alone = gpu.bytes().activations;
    const webgpu = webgpuBackend({ ort, gpu, capture: true, captureBytes: alone + 30_000 });
    const wasm = wasmBackend(ort);
    const graphs = ["one", "two", "three", "four", "five", "six"].map((key) => blockGraph(blockWeights(), key));
    const one = graphs.slice(0, 1);
    const held: number[] = [];
    for (const used of [one, graphs, graphs, graphs, one]) {
      for (const [seed, graph] of used.entries()) {
        const found = await readAll(webgpu, await runBlock(webgpu, graph, seed, ["y"]));
        const expected = await readAll(wasm, await runBlock(wasm, graph, seed, ["y"]));
        expect(relativeDifference(found["y"] as Float32Array, expected["y"] as Float32Array)).toBeLessThan(1e-5);
      }
      webgpu.releaseAll();
      await ortInOrder(ort)(async () => {});
      held.push(gpu.bytes().activations - alone);
    }
    const [single, , six, sixAgain, singleAgain] = held as [number, number, number, number, number];
    expect(six).toBeLessThan(4 * single);
    expect(sixAgain).toBe(six);
    expect(singleAgain).toBeLessThan(six);
    await webgpu.dispose();
    await wasm.dispose();
  });
});

describe("graphs whose outputs need no arithmetic", () => {
  type Build = (g: GraphBuilder, x: GraphValue, product: GraphValue) => void;
  const builds: Record<string, Build> = {
    "a value that goes on": (g, _, product) => {
      g.output("passed", product);
      g.output("y", g.silu(product));
    },
    "a reshaped value": (g, _, product) => g.output("y", g.reshape(product, [8, 8])),
    "a reshaped input": (g, x, product) => {
      g.output("passed", g.reshape(x, [8, 8]));
      g.output("y", g.silu(product));
    },
    "an input": (g, x, product) => {
      g.output("passed", x);
      g.output("y", g.silu(product));
    },
    "one value twice": (g, _, product) => {
      g.output("y", product);
      g.output("z", product);
    },
  };
  it.each(Object.keys(builds))("captured, equal WASM on later runs too: %s", async (name) => {
    const [wasm, webgpu] = [wasmBackend(ort), webgpuBackend({ ort, gpu, capture: true })];
    const g = graphBuilder(weightStore(new Map()));
    const x = g.input("x", [4, 16]);
    (builds[name] as Build)(g, x, g.mul(x, g.add(x, g.scalar(2))));
    const graph = g.finish(name);
    const run = async (backend: Backend, seed: number) =>
      readAll(
        backend,
        await backend.run(await backend.compile(graph), new Map([["x", backend.upload(rows(seed, 4, 16))]]), new Set()),
      );
    for (const seed of [1, 2, 3]) {
      const [found, expected] = [await run(webgpu, seed), await run(wasm, seed)];
      for (const output of Object.keys(expected))
        expect(relativeDifference(found[output] as Float32Array, expected[output] as Float32Array)).toBeLessThan(1e-6);
    }
    await webgpu.dispose();
    await wasm.dispose();
  });
});

describe("attention", () => {
  it.each([
    [5, 5],
    [5, 64],
    [31, 31],
    [32, 32],
    [64, 9],
    [65, 65],
    [100, 130],
  ])("of %d rows on %d equals WASM, captured too", async (queries, keys) => {
    const g = graphBuilder(weightStore(new Map()));
    const [q, k, v] = [g.input("q", [2, queries, 32]), g.input("k", [2, keys, 32]), g.input("v", [2, keys, 32])];
    g.output("y", g.attention(q, k, v, 2));
    const graph = g.finish(`attention ${queries} ${keys}`);
    const run = async (backend: Backend) => {
      const given = new Map(graph.inputs.map(({ name, dims }, seed) => [name, backend.upload(rows(seed, ...dims))]));
      const outputs = await readAll(backend, await backend.run(await backend.compile(graph), given, new Set()));
      await backend.dispose();
      return outputs["y"] as Float32Array;
    };
    const expected = await run(wasmBackend(ort));
    for (const capture of [false, true])
      expect(relativeDifference(await run(webgpuBackend({ ort, gpu, capture })), expected)).toBeLessThan(2e-6);
  });
});

describe("arithmetic", () => {
  it("sums more terms than one launch takes, and bounds the result", async () => {
    const webgpu = webgpuBackend({ ort, gpu, capture: false });
    const terms = [1, 2, 3, 4, 5, 6, 7].map((weight) => ({
      handle: webgpu.upload({ dims: [3], data: Float32Array.of(1, -1, 0.01) }),
      weight,
    }));
    expect([...(await webgpu.read(webgpu.combine(terms)))]).toEqual([28, -28, Math.fround(0.28)]);
    expect([...(await webgpu.read(webgpu.combine(terms, 2)))]).toEqual([2, -2, Math.fround(0.28)]);
    await webgpu.dispose();
  });

  it("measures and splits as WASM does", async () => {
    const [wasm, webgpu] = [wasmBackend(ort), webgpuBackend({ ort, gpu, capture: false })];
    const [a, b] = [rows(1, 2, 3, 7, 9), rows(2, 2, 3, 7, 9)];
    const [found, expected] = [
      await webgpu.measure(webgpu.upload(a), webgpu.upload(b)),
      await wasm.measure(wasm.upload(a), wasm.upload(b)),
    ];
    expect(found.change).toBeCloseTo(expected.change, 5);
    expect(found.magnitude).toBeCloseTo(expected.magnitude, 5);
    expect(found.rms).toBeCloseTo(expected.rms, 5);
    const [bands, wanted] = [await webgpu.split(webgpu.upload(a)), await wasm.split(wasm.upload(a))];
    expect(relativeDifference(await webgpu.read(bands.low), await wasm.read(wanted.low))).toBeLessThan(1e-5);
    expect(relativeDifference(await webgpu.read(bands.high), await wasm.read(wanted.high))).toBeLessThan(1e-5);
    await webgpu.dispose();
  });
});
