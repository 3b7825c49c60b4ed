import { afterAll, beforeAll, expect, it } from "vitest";
import type { Handle } from "../../src/engine/backends/backend.js";
import { loadRuntime, type Runtime } from "../../src/engine/backends/runtime.js";
import { webgpuBackend } from "../../src/engine/backends/webgpu.js";
import type { Gpu } from "../../src/engine/backends/webgpu-device.js";
import { eightBitGraph } from "../eight-bit-graph.js";
import { relativeDifference } from "../numbers.js";
import { openTestGpu } from "./block.js";

let ort: Runtime;
let gpu: Gpu;
beforeAll(async () => {
  ort = await loadRuntime("jspi");
  gpu = await openTestGpu();
});
afterAll(() => gpu.close());

it.each([false, true])(
  "weights in 8 bits give what they stand for, captured: %s, in the bytes that they have",
  async (capture) => {
    const { graph, rows, expected } = eightBitGraph();
    const backend = webgpuBackend({ ort, gpu, capture, validation: !capture });
    const compiled = await backend.compile(graph);
    await backend.compile({ ...graph, key: "another" });
    for (const _ of [1, 2]) {
      const results = await backend.run(compiled, new Map([["x", backend.upload(rows)]]), new Set());
      for (const name of ["y", "z"] as const)
        expect(relativeDifference(await backend.read(results.get(name) as Handle), expected[name])).toBeLessThan(1e-5);
    }
    expect(backend.bytes().weights).toBe(96 * 64 + (4 * 96 * 64) / 32 + 4 * 96);
    await backend.dispose();
  },
);
