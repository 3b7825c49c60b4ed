import { expect, it } from "vitest";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import { createEngine } from "../../src/engine/create-engine.js";
import { latteFolder, latteReference, schedulerConfig } from "./fixture.js";

it("20 short runs on WebGPU, with and without a cache, end with the bytes that two began with", async () => {
  const tensor = await latteReference();
  const engine = await createEngine({
    model: latteFolder,
    backend: "webgpu",
    scheduler: await schedulerConfig("ddim"),
  });
  const inputs = { noise: tensor("noise"), cond: { text: tensor("cond") }, uncond: { text: tensor("uncond") } };
  const bytes: unknown[] = [];
  for (let i = 0; i < 20; i++) {
    const cache =
      i % 2 ? [pab({ spatialAttentionBlockSkipRange: 2, spatialAttentionTimestepSkipRange: [0, 1000] })] : [];
    const { trace } = await engine.generate({ steps: 2, guidance: 3, inputs, cache });
    bytes.push(trace.totals.bytes.now);
  }
  expect(bytes.slice(2)).toEqual(bytes.slice(2).map((_, i) => bytes[2 + (i % 2)]));
  expect(bytes[19]).toMatchObject({ cache: 0 });
  await engine.dispose();
});
