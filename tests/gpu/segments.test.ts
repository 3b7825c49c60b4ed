import { expect, it } from "vitest";
import { loadRuntime } from "../../src/engine/backends/runtime.js";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { webgpuBackend } from "../../src/engine/backends/webgpu.js";
import { openFiles } from "../../src/engine/models/files.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { engineOf } from "../../src/engine/run/engine-of.js";
import { beside } from "../beside.js";
import { recordedRequest, runEverySegment, smallModels } from "../small-models.js";
import { openTestGpu } from "./block.js";
import { folderOf, referenceOf, schedulerConfig } from "./fixture.js";

const device = { backend: "wasm", description: "WebAssembly", ladder: [] } as const;

it.each(smallModels)(
  "$name: WebGPU, captured and not, agrees with WASM in every segment of every method",
  async (model) => {
    const { name, scheduler } = model;
    const [ort, gpu] = [await loadRuntime("jspi"), await openTestGpu()];
    const checkpoint = await loadCheckpoint(await openFiles(folderOf(name)));
    const tensor = await referenceOf(name);
    const others = [true, false].map((capture) => webgpuBackend({ ort, gpu, capture }));
    const pairs = [];
    let base = wasmBackend(ort);
    for (const backend of others) {
      const pair = beside(base, { backend });
      base = pair.backend;
      pairs.push(pair);
    }
    const engine = await engineOf(
      { ...checkpoint, schedulerConfig: await schedulerConfig(scheduler, name) },
      base,
      device,
    );
    await runEverySegment([engine], model, recordedRequest(model, tensor, 6));
    for (const { errors } of pairs) {
      expect(errors.size).toBeGreaterThan(40);
      expect([...errors].filter(([, error]) => !(error < 1e-5))).toEqual([]);
    }
    await engine.dispose();
    for (const backend of others) await backend.dispose();
    gpu.close();
  },
);
