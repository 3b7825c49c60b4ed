import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import type { Engine, RunInputs } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { engineRejection } from "../error.js";
import { ramp } from "../small-files.js";
import { fixtureFolder } from "./fixture.js";

// Two pictures with conditions of their own, at timestep 1000: what diffusers 0.42.1 predicts with the same weights.

const labels = (...data: readonly number[]): Tensor => ({ dims: [data.length], data: Float32Array.from(data) });
const pooled = (rows: number): Tensor => ({ dims: [rows, 12], data: ramp(2, 12).data.slice(0, 12 * rows) });

describe.each([
  {
    name: "sd3-dual",
    noise: ramp(2, 4, 6, 4),
    cond: { text: ramp(2, 5, 10), pooled: pooled(2) },
    shared: { text: ramp(2, 5, 10), pooled: pooled(1) },
    odd: { text: ramp(2, 5, 10), pooled: ramp(3, 12) },
    first: [-0.858029, -0.998051, -0.888781],
    second: [-0.647123, 0.321328, -0.680644],
    end: [-0.057186, -1.148322],
  },
  {
    name: "dit-wide",
    noise: ramp(2, 3, 4, 4),
    cond: { label: labels(1, 3) },
    shared: { label: labels(1) },
    odd: { label: labels(1, 2, 3) },
    first: [-0.745, -0.969967, -0.816962],
    second: [0.679568, 0.534173, 0.598631],
    end: [-0.691315, -0.678526],
  },
])("two pictures of $name", ({ name, noise, cond, shared, odd, first, second, end }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ model: fixtureFolder(`networks/${name}`), backend: "wasm" });
  });
  afterAll(() => engine.dispose());

  const request = { steps: 1, guidance: 1, sigmas: "scheduler", predictions: true } as const;
  const part = ({ dims, data }: Tensor, index: number): Tensor => {
    const size = data.length / 2;
    return { dims: [1, ...dims.slice(1)], data: data.slice(index * size, (index + 1) * size) };
  };
  const alone = (inputs: RunInputs, index: number): RunInputs => ({
    noise: part(inputs.noise, index),
    cond: Object.fromEntries(Object.entries(inputs.cond).map(([key, value]) => [key, part(value, index)])),
  });

  test("are predicted as diffusers does", async () => {
    const { predictions, trace } = await engine.generate({ ...request, inputs: { noise, cond } });
    expect(trace.timesteps).toEqual([1000]);
    const found = [...(predictions?.[0] ?? [])];
    const half = found.length / 2;
    const parts = [...found.slice(0, 3), ...found.slice(half, half + 3), ...found.slice(-2)];
    for (const [index, value] of [...first, ...second, ...end].entries()) expect(parts[index]).toBeCloseTo(value, 4);
  });

  test("are what two runs make, also where a method decides for each", async () => {
    const runs = [0, 1].map((index) =>
      engine.generate({ ...request, steps: 3, inputs: alone({ noise, cond }, index) }),
    );
    const wanted = (await Promise.all(runs)).flatMap(({ latents }) => [...latents.data]);
    for (const cache of [[], [firstBlockCache({ threshold: 0 })]]) {
      const both = await engine.generate({ ...request, steps: 3, cache, inputs: { noise, cond } });
      for (const [index, value] of wanted.entries()) expect(both.latents.data[index]).toBeCloseTo(value, 4);
    }
  });

  test("take one row for both, and refuse three", async () => {
    const { predictions } = await engine.generate({ ...request, inputs: { noise, cond: shared } });
    for (const [index, value] of first.entries()) expect(predictions?.[0]?.[index]).toBeCloseTo(value, 4);
    const error = await engineRejection("input-invalid", engine.generate({ ...request, inputs: { noise, cond: odd } }));
    expect(error.message).toMatch(/has the shape \[3/);
  });
});
