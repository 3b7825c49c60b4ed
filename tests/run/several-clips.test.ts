import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import { fora } from "../../src/engine/cache/methods/fora.js";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import type { Engine, GenerateOptions, RunInputs } from "../../src/engine/engine.js";
import { randn } from "../../src/engine/random.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { readFixture, relativeError } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";

const fixture = readFixture("latte-a");
const scheduler = fixture.scheduler("ddim");
const request = (options: GenerateOptions = {}): GenerateOptions => ({
  ...recordedRequest(smallModels[0], fixture.tensor, 8),
  ...options,
});

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler });
});
afterAll(() => engine.dispose());

describe("several clips", () => {
  const two = (): GenerateOptions => {
    const { dims, data } = fixture.tensor("noise");
    const second = randn(5, data.length).data.map((value) => 0.4 * value);
    const noise = { dims: [2, ...dims.slice(1)], data: Float32Array.from([...data, ...second]) };
    return { ...request(), inputs: { ...(request().inputs as RunInputs), noise } };
  };

  test("are decided about one by one where a method measures, as two runs would be", async () => {
    const cache = [firstBlockCache({ threshold: 0.4 })];
    const { noise, ...conditions } = two().inputs as RunInputs;
    const both = await engine.generate({ ...two(), cache });
    const size = noise.data.length / 2;
    const alone = [];
    for (const clip of [0, 1]) {
      const own = { dims: [1, ...noise.dims.slice(1)], data: noise.data.slice(clip * size, (clip + 1) * size) };
      alone.push(await engine.generate({ ...two(), cache, inputs: { ...conditions, noise: own } }));
    }
    for (const [clip, { clip: made, trace }] of alone.entries()) {
      expect(both.clip.data.slice(clip * size, (clip + 1) * size)).toEqual(made.data);
      const visits = both.trace.visits.filter((visit) => visit.clip === clip);
      expect(visits.map(({ decision }) => decision)).toEqual(trace.visits.map(({ decision }) => decision));
    }
    const [first, second] = alone.map(({ trace }) => trace.visits.map(({ decision }) => decision).join());
    expect(first).not.toBe(second); // or the test would say nothing
    expect(both.trace.clips).toBe(2);
    expect(both.clip.dims[0]).toBe(2);
  });

  test("run as one batch where the schedule is known", async () => {
    const { trace } = await engine.generate({ ...two(), cache: [fora()] });
    expect(trace.clips).toBe(2);
    expect(trace.visits.some(({ clip }) => clip !== undefined)).toBe(false);
  });

  test("two clips at once are the two clips made one by one", async () => {
    const noise = fixture.tensor("noise");
    const other = { dims: noise.dims, data: randn(7, noise.dims).data };
    const both = { dims: [2, ...noise.dims.slice(1)], data: Float32Array.from([...noise.data, ...other.data]) };
    const inputs = request().inputs as NonNullable<GenerateOptions["inputs"]>;
    const cache = [pab({ spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: 3 })];
    const [first, second, together] = [
      await engine.generate(request({ cache })),
      await engine.generate(request({ cache, inputs: { ...inputs, noise: other } })),
      await engine.generate(request({ cache, inputs: { ...inputs, noise: both } })),
    ];
    const size = noise.data.length;
    expect(relativeError(together.clip.data.slice(0, size), first.clip.data)).toBeLessThan(1e-5);
    expect(relativeError(together.clip.data.slice(size), second.clip.data)).toBeLessThan(1e-5);
  });
});
