import { afterAll, beforeAll, expect, it } from "vitest";
import { flux } from "../../src/engine/architectures/flux.js";
import type { Backend } from "../../src/engine/backends/backend.js";
import { loadRuntime, type Runtime } from "../../src/engine/backends/runtime.js";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { webgpuBackend } from "../../src/engine/backends/webgpu.js";
import { type Gpu, openGpu } from "../../src/engine/backends/webgpu-device.js";
import { handleCounts } from "../../src/engine/cache/history.js";
import { seaFilter } from "../../src/engine/cache/sea-filter.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import type { Model } from "../../src/engine/models/model.js";
import { relativeDifference } from "../numbers.js";
import { rows } from "./small-graph.js";

// FLUX's latents are packed: the filter's graph begins with a Reshape, which a captured graph must not leave out.

let [ort, gpu, model]: [Runtime?, Gpu?, Model?] = [];
beforeAll(async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("these tests need a browser with WebGPU; a software adapter will do");
  gpu = await openGpu(adapter);
  ort = await loadRuntime("jspi");
  const folder = new URL("/tests/fixtures/flux-a/transformer/", location.href);
  const file = (name: string) => fetch(new URL(name, folder));
  const weights = readSafetensors(
    new Uint8Array(await (await file("diffusion_pytorch_model.safetensors")).arrayBuffer()),
  );
  const geometry = { clips: 1, channels: 3, frames: 1, height: 6, width: 10, tokens: 5 };
  model = flux(await (await file("config.json")).json(), weightStore(weights), geometry);
});
afterAll(() => gpu?.close());

/** Four steps, each with other latents and another sigma. */
const filtered = async (backend: Backend): Promise<Float32Array[]> => {
  const filter = seaFilter({
    model: model as Model,
    backend,
    counts: handleCounts(backend),
    sigmas: [1, 0.7, 0.4, 0.1],
    compile: (graph) => backend.compile(graph),
  });
  const results: Float32Array[] = [];
  for (const step of [0, 1, 2, 3]) {
    const latents = backend.upload(rows(step, 1, 15, 12));
    results.push((await backend.read(await filter.apply(latents, step, 3))).slice());
  }
  await backend.dispose();
  return results;
};

it.each([false, true])("filters packed latents as WASM does, step after step, captured: %s", async (capture) => {
  const wanted = await filtered(wasmBackend(ort as Runtime));
  const found = await filtered(webgpuBackend({ ort: ort as Runtime, gpu: gpu as Gpu, capture }));
  for (const [step, one] of found.entries())
    expect(relativeDifference(one, wanted[step] as Float32Array)).toBeLessThan(1e-5);
});
