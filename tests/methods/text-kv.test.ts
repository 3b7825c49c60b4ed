import { expect, test } from "vitest";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import { textKvCache } from "../../src/engine/cache/methods/text-kv.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { leading } from "../contract.js";
import { readFixture } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";

// After diffusers' TextKVCache (PR 13317).

const run = async (model: (typeof smallModels)[number], steps: number) => {
  const { folder, tensor, scheduler } = readFixture(model.name);
  const engine = await createEngine({ model: folder, backend: "wasm", scheduler: scheduler(model.scheduler) });
  return { engine, request: recordedRequest(model, tensor, steps) };
};

test("the clip is the uncached one bit for bit, alone and beside PAB", async () => {
  const { engine, request } = await run(smallModels[0], 6);
  const clip = async (...cache: ReturnType<typeof pab>[]) => engine.generate({ ...request, cache });
  const broadcast = pab({ crossAttentionBlockSkipRange: 2 });
  const [plain, cached, alone, beside] = [
    await clip(),
    await clip(textKvCache()),
    await clip(broadcast),
    await clip(textKvCache(), broadcast),
  ];
  expect(cached.clip.data).toEqual(plain.clip.data);
  expect(beside.clip.data).toEqual(alone.clip.data);
  const computed = cached.trace.sites.filter(({ kind }) => kind === "text-kv").map((site) => site.computed);
  expect(computed).toEqual(["100000", "100000"]);
  // Two blocks, two branches, a key and a value of 5 text rows, float32.
  const width = cached.trace.totals.bytes.peak.cache / (2 * 2 * 2 * 5 * 4);
  expect(Number.isInteger(width)).toBe(true);
  await engine.dispose();
});

test("a model whose text changes from block to block is refused by name", async () => {
  const { engine, request } = await run(smallModels[1], 2);
  const refused = engine.generate({ ...request, cache: [textKvCache()] });
  await expect(refused).rejects.toMatchObject({
    code: "site-missing",
    message: expect.stringContaining("textkv"),
  });
  await engine.dispose();
});

test("the plan computes it in the first step", () => {
  const planned = dryRun({ methods: [textKvCache()], timesteps: leading(5) });
  expect(planned.filter(({ kind }) => kind === "text-kv").map(({ computed }) => computed)).toEqual(["10000"]);
});
