import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";

const read = (path: string) => readFileSync(new URL(`../fixtures/${path}`, import.meta.url));
const parse = (path: string): unknown => JSON.parse(read(path).toString());

/** [1, 3, 8, 8] as FLUX takes it: 16 tokens (row, column) of 12 numbers (channel, y, x). */
const packed = (image: Float32Array): Float32Array =>
  image.map((_, i) => {
    const [row, column, channel, y, x] = [i / 48, (i / 12) % 4, (i / 4) % 3, (i / 2) % 2, i % 2].map(Math.floor) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return image[channel * 64 + (row * 2 + y) * 8 + column * 2 + x] as number;
  });

interface Reference {
  readonly runs: readonly {
    readonly scheduler: string;
    readonly method: string;
    readonly timesteps: readonly number[];
  }[];
}

describe.each(["latte-a", "flux-a"])("the predictions of %s, stepped by our schedulers", (model) => {
  const tensors = readSafetensors(new Uint8Array(read(`${model}/reference.safetensors`)));
  const dataOf = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`the fixture has no ${name}`);
    return tensor.data;
  };
  const { runs } = parse(`${model}/reference.json`) as Reference;
  const named = runs
    .map((run) => ({ ...run, run: `${run.scheduler}.${run.method}` }))
    .filter(({ run }) => tensors.has(`${run}.sample`));

  it("has runs to check", () => {
    expect(named.length).toBeGreaterThan(4);
  });

  it.each(named)("end in diffusers' sample: $run", ({ scheduler, run, timesteps }) => {
    const { timesteps: ours, step } = schedulerFromConfig(
      parse(`${model}/scheduler-${scheduler}/scheduler_config.json`),
      timesteps.length,
    );
    expect(ours).toEqual(timesteps);
    const predictions = dataOf(`${run}.predictions`);
    const noise = dataOf("noise");
    const last = tensors.get(`${run}.sample`)?.dims ?? [];
    let sample = last.length === 3 ? packed(noise) : noise;
    for (const i of timesteps.keys()) {
      const { next } = step(i);
      sample = sample.map((x, k) => next.sample * x + next.prediction * (predictions[i * sample.length + k] as number));
    }
    const expected = dataOf(`${run}.sample`);
    const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const worst = sample.reduce((most, x, k) => Math.max(most, Math.abs(x - (expected[k] as number))), 0);
    expect(worst / largest).toBeLessThan(1e-5);
  });
});
