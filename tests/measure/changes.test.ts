import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine, GenerateOptions } from "../../src/engine/engine.js";
import { type CacheMethod, compute } from "../../src/engine/method.js";
import { createEngine } from "../../src/engine/run/create-engine.js";

// What `changes` reads from whole tensors, against the probes that methods decide by: another path to the same numbers.

const folder = new URL("../../site/public/models/latte-motion-nano", import.meta.url).pathname;
const request: GenerateOptions = { steps: 4, guidance: 2.5 };

/** Computes all, and asks for every sub-layer's change since the step before. */
const watching: CacheMethod = {
  name: "watching",
  options: {},
  sites: (model) => model.all(),
  probes: (model) => model.all().map(({ id }) => ({ tap: id, since: "last-step" })),
  start: () => () => compute,
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model: folder, backend: "wasm" });
});
afterAll(() => engine.dispose());

test("are what probes read, as the mean of both guidance branches", async () => {
  const { sites, timesteps } = await engine.changes(request);
  const { trace } = await engine.generate({ ...request, seed: 0, cache: [watching] });
  expect(timesteps).toEqual(trace.timesteps);
  expect(sites.map(({ site }) => site)).toEqual(trace.sites.map(({ site }) => site));
  for (const [index, { site, change }] of sites.entries()) {
    expect(change).toHaveLength(3);
    for (const [at, found] of change.entries()) {
      const read = trace.visits
        .filter((visit) => visit.site === site && visit.step === at + 1)
        .map(({ readings }) => readings?.[index])
        .map((reading) => (reading?.change ?? Number.NaN) / (reading?.magnitude ?? Number.NaN));
      expect(read).toHaveLength(2);
      expect(found).toBeCloseTo(((read[0] as number) + (read[1] as number)) / 2, 4);
    }
  }
});

test("prompts are averaged, each with its own seed", async () => {
  const [a, b] = ["a small blue square on a white background", "a large red circle on a black background"] as const;
  const both = await engine.changes({ steps: 2, prompts: [a, b] });
  const one = await engine.changes({ steps: 2, prompts: [a] });
  expect(both.prompts).toEqual([a, b]);
  expect(both.sites[0]?.change).not.toEqual(one.sites[0]?.change);
});

test.each([
  [{ steps: 1 }, /no neighbouring steps/],
  [{ prompts: [] }, /prompts is empty/],
])("%j is refused", async (options, message) => {
  await expect(engine.changes(options)).rejects.toMatchObject({
    code: "input-invalid",
    message: expect.stringMatching(message),
  });
});
