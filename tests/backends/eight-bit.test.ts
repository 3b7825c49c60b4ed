import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import type { Handle } from "../../src/engine/backends/backend.js";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { graphBuilder } from "../../src/engine/graph/builder.js";
import { eightBitGraph, eightBitStore } from "../eight-bit-graph.js";
import { engineError } from "../error.js";
import { relativeError } from "../golden/fixture.js";

test("linear layers in 8 bits give what the weights give that they stand for, and are held once", async () => {
  const { graph, rows, expected } = eightBitGraph();
  const backend = wasmBackend(ort);
  const results = await backend.run(await backend.compile(graph), new Map([["x", backend.upload(rows)]]), new Set());
  await backend.compile({ ...graph, key: "another" });
  expect(backend.bytes().weights).toBe(96 * 64 + (4 * 96 * 64) / 32 + 2 * 4 * 96); // a bias for each graph
  for (const name of ["y", "z"] as const)
    expect(relativeError(await backend.read(results.get(name) as Handle), expected[name])).toBeLessThan(1e-5);
  await backend.dispose();
});

test("a weight in 8 bits that is read otherwise is refused", () => {
  const graph = graphBuilder(eightBitStore());
  expect(engineError("file-invalid", () => graph.weight("layer.weight")).message).toContain("only linear layers");
});
