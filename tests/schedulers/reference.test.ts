import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { schedulerFromConfig } from "../../src/engine/schedulers/index.js";

interface Run {
  readonly config: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly timesteps: readonly number[];
  readonly samples: readonly { step: number; sample: readonly number[]; clean?: readonly number[] }[];
}

// Written by tests/reference/schedulers.py from diffusers' own classes.
const reference = JSON.parse(readFileSync(new URL("../fixtures/schedulers.json", import.meta.url), "utf8")) as {
  noise: readonly number[];
  runs: readonly Run[];
};

/** The model of the reference script: 0.9 · sin(sample + index + step). */
const model = (sample: readonly number[], step: number) =>
  sample.map((value, i) => Math.fround(0.9 * Math.sin(value + i + step)));

const distance = (a: readonly number[], b: readonly number[]) => {
  const largest = Math.max(1, ...b.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN)))) / largest;
};

const named = reference.runs.map((run) => ({ ...run, title: `${JSON.stringify(run.config)} in ${run.steps} steps` }));

describe("schedulers equal diffusers'", () => {
  it.each(named)("$title", ({ config, steps, timesteps, samples }) => {
    const scheduler = schedulerFromConfig(config, steps);
    expect(scheduler.timesteps).toEqual(timesteps);
    let sample: readonly number[] = reference.noise;
    let compared = 0;
    for (let step = 0; step < steps; step++) {
      const prediction = model(sample, step);
      const { clean, next } = scheduler.step(step);
      const bound = clean.clamp ?? Number.POSITIVE_INFINITY;
      const cleans = sample.map((x, i) => {
        const x0 = clean.sample * x + clean.prediction * (prediction[i] as number);
        return Math.fround(Math.min(bound, Math.max(-bound, x0)));
      });
      sample = sample.map((x, i) =>
        Math.fround(
          next.sample * x +
            next.prediction * (prediction[i] as number) +
            (next.clean === 0 ? 0 : next.clean * (cleans[i] as number)),
        ),
      );
      const expected = samples.find((one) => one.step === step);
      if (!expected) continue;
      compared++;
      expect(distance(sample, expected.sample), `sample after step ${step}`).toBeLessThanOrEqual(1e-5);
      if (expected.clean) expect(distance(cleans, expected.clean), `clean at ${step}`).toBeLessThanOrEqual(1e-5);
    }
    expect(compared).toBe(samples.length);
  });
});
