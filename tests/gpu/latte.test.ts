import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Preference } from "../../src/engine/backends/ladder.js";
import { withForecast } from "../../src/engine/cache/compose.js";
import { diCache } from "../../src/engine/cache/methods/di-cache.js";
import { lazyCache } from "../../src/engine/cache/methods/lazy-cache.js";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import { seaCache } from "../../src/engine/cache/methods/sea-cache.js";
import { stepMask } from "../../src/engine/cache/methods/step-mask.js";
import { textKvCache } from "../../src/engine/cache/methods/text-kv.js";
import type { Engine, GenerateOptions, Result } from "../../src/engine/engine.js";
import type { CacheMethod } from "../../src/engine/method.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { relativeDifference } from "../numbers.js";
import { latteFolder, latteReference, schedulerConfig } from "./fixture.js";

let tensor: Awaited<ReturnType<typeof latteReference>>;
beforeAll(async () => {
  tensor = await latteReference();
});

const open = async (backend: Preference): Promise<Engine> =>
  createEngine({ model: latteFolder, backend, scheduler: await schedulerConfig("ddim") });

const request = (cache: readonly CacheMethod[]): GenerateOptions => ({
  steps: 6,
  guidance: 3,
  cache,
  predictions: true,
  inputs: {
    noise: tensor("noise"),
    cond: { text: tensor("cond") },
    uncond: { text: tensor("uncond") },
  },
});

const pyramid = pab({
  spatialAttentionBlockSkipRange: 2,
  temporalAttentionBlockSkipRange: 3,
  crossAttentionBlockSkipRange: 4,
  spatialAttentionTimestepSkipRange: [0, 1000],
  temporalAttentionTimestepSkipRange: [0, 1000],
  crossAttentionTimestepSkipRange: [0, 1000],
});
/** One of each way to decide and to carry on: thresholds are far from what is measured, so that both decide alike. */
const caches: Record<string, readonly CacheMethod[]> = {
  "no cache": [],
  PAB: [pyramid],
  "DiCache, decided inside the network": [diCache({ relL1Thresh: 9 })],
  "LazyCache, above both branches": [lazyCache({ threshold: 9, retSteps: 2 })],
  "SeaCache, by filtered latents": [seaCache({ threshold: 9 })],
  "prediction by decomposition": [withForecast(stepMask({ mask: "111110", site: "output" }), { by: "dmd" })],
  "text keys and values, blocks by FoCa": [textKvCache(), withForecast(stepMask({ mask: "110010" }), { by: "foca" })],
};

const expectSame = (found: Result, wanted: Result): void => {
  expect(found.trace.sites).toEqual(wanted.trace.sites);
  expect(found.predictions).toHaveLength(6);
  for (const [step, prediction] of (found.predictions ?? []).entries())
    expect(relativeDifference(prediction, wanted.predictions?.[step] as Float32Array)).toBeLessThan(1e-4);
  expect(relativeDifference(found.clip.data, wanted.clip.data)).toBeLessThan(1e-4);
};

/** Pipelines that the device has made, the engine's and onnxruntime's. */
let pipelines = 0;
const { createComputePipeline, createComputePipelineAsync } = GPUDevice.prototype;
GPUDevice.prototype.createComputePipeline = function (descriptor) {
  pipelines += 1;
  return createComputePipeline.call(this, descriptor);
};
GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
  pipelines += 1;
  return createComputePipelineAsync.call(this, descriptor);
};

describe.each(["webgpu", "webgpu-uncaptured"] as const)("Latte on %s", (backend) => {
  let [wasm, webgpu]: [Engine?, Engine?] = [];
  beforeAll(async () => {
    wasm = await open("wasm");
    webgpu = await open(backend);
  });
  afterAll(async () => {
    await wasm?.dispose();
    await webgpu?.dispose();
  });

  it.each(Object.keys(caches))("gives what WASM gives, and the same again: %s", async (name) => {
    const options = request(caches[name] ?? []);
    const wanted = await (wasm as Engine).generate(options);
    const found = await (webgpu as Engine).generate(options);
    const compiled = pipelines;
    const again = await (webgpu as Engine).generate(options);
    expectSame(found, wanted);
    expectSame(again, wanted);
    expect(compiled).toBeGreaterThan(0);
    expect(pipelines).toBe(compiled);
    expect(again.trace.totals.bytes.now).toEqual(found.trace.totals.bytes.now);
  });
});
