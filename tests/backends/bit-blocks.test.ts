import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import type { Handle } from "../../src/engine/backends/backend.js";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { graphBuilder } from "../../src/engine/graph/builder.js";
import { packedGraph, packedStore } from "../bit-blocks-graph.js";
import { engineError } from "../error.js";
import { relativeError } from "../golden/fixture.js";

test.each([8, 4] as const)(
  "linear layers in %d bits give what their weights give, which are held once",
  async (bits) => {
    const { graph, rows, expected } = packedGraph(bits);
    const backend = wasmBackend(ort);
    const results = await backend.run(await backend.compile(graph), new Map([["x", backend.upload(rows)]]), new Set());
    await backend.compile({ ...graph, key: "another" });
    expect(backend.bytes().weights).toBe((96 * 64 * bits) / 8 + (4 * 96 * 64) / 32 + 2 * 4 * 96); // a bias for each graph
    for (const name of ["y", "z"] as const)
      expect(relativeError(await backend.read(results.get(name) as Handle), expected[name])).toBeLessThan(1e-5);
    await backend.dispose();
  },
);

test.each([8, 4] as const)("a weight in %d bits that is read otherwise is refused", (bits) => {
  const graph = graphBuilder(packedStore(bits));
  const error = engineError("file-invalid", () => graph.weight("layer.weight"));
  expect(error.message).toContain(`in ${bits} bits; only linear layers`);
});
