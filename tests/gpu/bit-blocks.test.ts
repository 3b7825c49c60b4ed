import { afterAll, beforeAll, expect, it } from "vitest";
import type { Handle } from "../../src/engine/backends/backend.js";
import { loadRuntime, type Runtime } from "../../src/engine/backends/runtime.js";
import { webgpuBackend } from "../../src/engine/backends/webgpu.js";
import type { Gpu } from "../../src/engine/backends/webgpu-device.js";
import { packedGraph } from "../bit-blocks-graph.js";
import { relativeDifference } from "../numbers.js";
import { openTestGpu } from "./block.js";

let ort: Runtime;
let gpu: Gpu;
beforeAll(async () => {
  ort = await loadRuntime("jspi");
  gpu = await openTestGpu();
});
afterAll(() => gpu.close());

it.each([
  [8, false],
  [8, true],
  [4, false],
  [4, true],
] as const)(
  "weights in %d bits give what they stand for, captured: %s, in the bytes that they have",
  async (bits, capture) => {
    const { graph, rows, expected } = packedGraph(bits);
    const backend = webgpuBackend({ ort, gpu, capture, validation: !capture });
    const compiled = await backend.compile(graph);
    await backend.compile({ ...graph, key: "another" });
    for (const _ of [1, 2]) {
      const results = await backend.run(compiled, new Map([["x", backend.upload(rows)]]), new Set());
      for (const name of ["y", "z"] as const)
        expect(relativeDifference(await backend.read(results.get(name) as Handle), expected[name])).toBeLessThan(1e-5);
    }
    expect(backend.bytes().weights).toBe((96 * 64 * bits) / 8 + (4 * 96 * 64) / 32 + 4 * 96);
    await backend.dispose();
  },
);
