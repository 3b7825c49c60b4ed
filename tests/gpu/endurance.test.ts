import { expect, it } from "vitest";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { latteFolder, latteReference, schedulerConfig } from "./fixture.js";
import { held } from "./held.js";

it("20 short runs on WebGPU, with and without a cache, hold what two did, and the bytes they tell are the device's", async () => {
  const tensor = await latteReference();
  const engine = await createEngine({
    model: latteFolder,
    backend: "webgpu",
    scheduler: await schedulerConfig("ddim"),
  });
  const inputs = { noise: tensor("noise"), cond: { text: tensor("cond") }, uncond: { text: tensor("uncond") } };
  const run = async (i: number): Promise<void> => {
    const cache =
      i % 2 ? [pab({ spatialAttentionBlockSkipRange: 2, spatialAttentionTimestepSkipRange: [0, 1000] })] : [];
    const { trace } = await engine.generate({ steps: 2, guidance: 3, inputs, cache });
    const { weights, activations, cache: cached, workspace } = trace.totals.bytes.now;
    expect(cached).toBe(0);
    expect((await held()).gpuBytes).toBe(weights + activations + workspace);
  };
  await run(0);
  await run(1);
  const after2 = await held();
  for (let i = 2; i < 20; i++) await run(i);
  const after20 = await held();
  expect(after20.gpuBytes).toBe(after2.gpuBytes);
  // .3 MB is usual, most of it compiled code: what is noticed is 40 kB kept by every run.
  expect(after20.heapBytes - after2.heapBytes).toBeLessThan(1e6);
  await engine.dispose();
  expect((await held()).gpuBytes).toBe(0);
});
