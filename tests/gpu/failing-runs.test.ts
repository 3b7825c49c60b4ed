import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Preference } from "../../src/engine/backends/ladder.js";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import type { Engine, GenerateOptions } from "../../src/engine/engine.js";
import { openFiles } from "../../src/engine/models/files.js";
import type { Files } from "../../src/engine/models/source.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { engineRejection } from "../error.js";
import { latteFolder, latteReference, schedulerConfig } from "./fixture.js";
import { held } from "./held.js";

let inputs: NonNullable<GenerateOptions["inputs"]>;
let scheduler: Record<string, unknown>;
beforeAll(async () => {
  const tensor = await latteReference();
  scheduler = await schedulerConfig("ddim");
  inputs = { noise: tensor("noise"), cond: { text: tensor("cond") }, uncond: { text: tensor("uncond") } };
});

/** Devices that the platform has given, the last one first. */
const devices: GPUDevice[] = [];
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  const device = await requestDevice.call(this, descriptor);
  devices.unshift(device);
  return device;
};

const open = (backend: Preference): Promise<Engine> => createEngine({ model: latteFolder, backend, scheduler });
/** A probe is read in every step, so that a run also meets failures in the middle of a step. */
const request = (options: GenerateOptions = {}): GenerateOptions => ({
  ...{ steps: 2, guidance: 3, inputs, cache: [firstBlockCache({ threshold: 0 })] },
  ...options,
});
const atStep = (wanted: number, act: () => void): GenerateOptions => ({
  onProgress: (progress) => void (progress.phase === "step" && progress.step === wanted && act()),
});
const gpuBytes = async (): Promise<number> => (await held()).gpuBytes;

/** What a driver does when it refuses a command. */
const refuseCommand = (device: GPUDevice): void => {
  const buffer = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ });
  const layout = device.createBindGroupLayout({ entries: [] });
  device.createBindGroup({ layout, entries: [{ binding: 3, resource: { buffer } }] });
  buffer.destroy();
};

/** From now on the first buffer of this name is one that the device had no memory for. */
const withholdMemory = (device: GPUDevice, wanted: (label: string) => boolean): void => {
  const { createBuffer } = device;
  device.createBuffer = (descriptor) => {
    if (!wanted(descriptor.label ?? "")) return createBuffer.call(device, descriptor);
    device.createBuffer = createBuffer;
    device.pushErrorScope("validation");
    const invalid = createBuffer.call(device, { ...descriptor, usage: 0 });
    void device.popErrorScope();
    const error = new GPUOutOfMemoryError("no memory left for this one");
    device.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
    return invalid;
  };
};

it.each(["webgpu", "webgpu-uncaptured"] as const)(
  "a run on %s that fails, however it does, leaves nothing behind, and the next one is bit for bit a fresh one",
  async (backend) => {
    const before = await gpuBytes();
    const fresh = await open(backend);
    const wanted = await fresh.generate(request());
    const after1 = await gpuBytes();
    await fresh.generate(request());
    const after2 = await gpuBytes();
    await engineRejection("disposed", fresh.generate(request(atStep(0, () => void fresh.dispose()))));
    await fresh.dispose();
    await (devices as [GPUDevice])[0].lost;
    expect(await gpuBytes()).toBe(before);

    const engine = await open(backend);
    const [device] = devices as [GPUDevice];
    const isFresh = async (bytes: number): Promise<void> => {
      expect((await engine.generate(request())).clip).toEqual(wanted.clip);
      expect(await gpuBytes()).toBe(bytes);
    };
    // Memory that runs out, for a weight, for the engine, for onnxruntime; then it is there again.
    for (const name of [/weight$/, /^workspace$/, /^$/]) {
      withholdMemory(device, (label) => name.test(label));
      await engineRejection("out-of-memory", engine.generate(request()));
    }
    await isFresh(after1);

    const stop = new AbortController();
    const stops = atStep(0, () => stop.abort());
    await engineRejection("stopped", engine.generate(request({ ...stops, signal: stop.signal })));
    await isFresh(after2);
    await engineRejection("runtime-failed", engine.generate(request(atStep(0, () => refuseCommand(device)))));
    const late = new AbortController();
    const failsUnheard = atStep(0, () => {
      refuseCommand(device);
      late.abort();
    });
    await engineRejection("stopped", engine.generate(request({ ...failsUnheard, signal: late.signal })));
    await isFresh(after1);

    await engineRejection("device-lost", engine.generate(request(atStep(0, () => device.destroy()))));
    await engineRejection("device-lost", engine.generate(request()));
    await engine.dispose();
    expect(await gpuBytes()).toBe(before);
  },
);

describe("an engine that does not come to be", () => {
  it("because its model is unknown gives its device back", async () => {
    const before = await gpuBytes();
    const files = await openFiles(latteFolder);
    const unknown: Files = {
      name: "unknown",
      read: async (path, options) =>
        path.endsWith("config.json")
          ? new TextEncoder().encode('{ "_class_name": "NobodyTransformer" }')
          : files.read(path, options),
    };
    await engineRejection("model-unknown", createEngine({ model: unknown, backend: "webgpu-uncaptured" }));
    await (devices as [GPUDevice])[0].lost;
    expect(await gpuBytes()).toBe(before);
  });

  it("because it is stopped while a GPU is waited for gives the device back that comes after all", async () => {
    const before = await gpuBytes();
    const { requestAdapter } = GPU.prototype;
    onTestFinished(() => {
      GPU.prototype.requestAdapter = requestAdapter;
    });
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    GPU.prototype.requestAdapter = async function (options) {
      asked.resolve();
      await answer.promise;
      return requestAdapter.call(this, options);
    };
    const loaded = Promise.withResolvers<void>();
    const files = await openFiles(latteFolder);
    const watched: Files = {
      name: files.name,
      async read(path, options) {
        const bytes = await files.read(path, options);
        if (path.endsWith(".safetensors")) setTimeout(loaded.resolve); // when the weights are there too
        return bytes;
      },
    };
    const control = new AbortController();
    const { length } = devices;
    const { signal } = control;
    const stopped = createEngine({ model: watched, backend: "webgpu-uncaptured", scheduler, signal });
    await asked.promise;
    await loaded.promise;
    control.abort();
    await engineRejection("stopped", stopped);
    answer.resolve();
    await expect.poll(() => devices.length, { timeout: 60_000 }).toBe(length + 1);
    await (devices as [GPUDevice])[0].lost;
    expect(await gpuBytes()).toBe(before);
  });
});
