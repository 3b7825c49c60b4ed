import { expect, it } from "vitest";
import { loadRuntime } from "../../src/engine/backends/runtime.js";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { webgpuBackend } from "../../src/engine/backends/webgpu.js";
import { type MethodName, methodFromName, methods } from "../../src/engine/cache/methods/index.js";
import type { GenerateOptions } from "../../src/engine/engine.js";
import { engineOf } from "../../src/engine/engine-of.js";
import { loadCheckpoint } from "../../src/engine/models/checkpoint.js";
import { openFiles } from "../../src/engine/models/files.js";
import { beside } from "../beside.js";
import { strong } from "../strong.js";
import { openTestGpu } from "./block.js";
import { folderOf, referenceOf, schedulerConfig } from "./fixture.js";

const models = [
  { name: "latte-a", scheduler: "ddim", guidance: 3, refused: [] },
  { name: "flux-a", scheduler: "flow", guidance: 1, refused: ["cfgcache", "fastercache", "textkv"] },
] as const;
const device = { backend: "wasm", description: "WebAssembly", ladder: [] } as const;

it.each(models)("$name: WebGPU, captured and not, agrees with WASM in every segment of every method", async (model) => {
  const { name, scheduler, guidance, refused } = model;
  const [ort, gpu] = [await loadRuntime("jspi"), await openTestGpu()];
  const checkpoint = await loadCheckpoint(await openFiles(folderOf(name)));
  const tensor = await referenceOf(name);
  const text = (key: string) => ({ text: tensor(key) });
  const request: GenerateOptions = {
    steps: 6,
    guidance,
    inputs:
      name === "latte-a"
        ? { noise: tensor("noise"), cond: text("cond"), uncond: text("uncond") }
        : { noise: tensor("noise"), cond: { ...text("text"), pooled: tensor("pooled") } },
  };
  const others = [true, false].map((capture) => webgpuBackend({ ort, gpu, capture }));
  const pairs = [];
  let base = wasmBackend(ort);
  for (const backend of others) {
    const pair = beside(base, { backend });
    base = pair.backend;
    pairs.push(pair);
  }
  const engine = engineOf({ ...checkpoint, schedulerConfig: await schedulerConfig(scheduler, name) }, base, device);
  const calibration = await engine.calibrate(request);
  await engine.profile(request); // cuts at every sub-layer
  for (const method of Object.keys(methods) as MethodName[]) {
    if ((refused as readonly string[]).includes(method)) continue;
    const cache = [methodFromName(method, { ...calibration[method as "magcache"], ...strong[method] })];
    await engine.generate({ ...request, cache });
  }
  for (const { errors } of pairs) {
    expect(errors.size).toBeGreaterThan(40);
    expect([...errors].filter(([, error]) => !(error < 1e-5))).toEqual([]);
  }
  await engine.dispose();
  for (const backend of others) await backend.dispose();
  gpu.close();
});
