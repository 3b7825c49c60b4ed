import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { fixtureFolder, relativeError } from "./fixture.js";
import { type RealRun, readReal } from "./real.js";

// Whole runs under multistep schedulers, uncached and under diffusers' hooks, recorded by tests/reference/whole_runs.py.

interface WholeRun extends Omit<RealRun, "run"> {
  readonly model: string;
  readonly guidance: number;
  readonly steps: number;
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly timesteps: readonly number[];
}

const { runs } = JSON.parse(readFileSync(fixtureFolder("whole-runs.json"), "utf8")) as {
  readonly runs: readonly WholeRun[];
};
const tensors = readSafetensors(readFileSync(fixtureFolder("whole-runs.safetensors")));
const recorded = (name: string): Float32Array => tensors.get(name)?.data as Float32Array;

/** The numbers that were recorded: 48 of a tensor, evenly over it. */
const few = (data: Float32Array): Float32Array =>
  Float32Array.from({ length: 48 }, (_, index) => data[Math.floor((index * data.length) / 48)] as number);

test.each(runs.map((run, index) => [run.model, run.scheduler._class_name, run.method ?? "uncached", index] as const))(
  "%s, %s, %s: diffusers' modules ran, with its predictions and its latents",
  async (model, _name, _method, index) => {
    const { scheduler, steps, guidance, method, options = {}, computed, timesteps } = runs[index] as WholeRun;
    const { folder, inputs } = readReal(model);
    const engine = await createEngine({ model: folder, backend: "wasm", scheduler });
    const cache = method === null ? [] : [methodFromName(method, options)];
    const seed = scheduler._class_name === "CogVideoXDPMScheduler" ? { seed: 7 } : {}; // it draws noise
    const {
      trace,
      predictions = [],
      latents,
    } = await engine.generate({
      ...{ steps, guidance, cache, inputs, ...seed },
      ...{ predictions: true, sigmas: "scheduler" },
    });
    await engine.dispose();
    expect(trace.timesteps).toEqual(timesteps);
    expect(Object.fromEntries(trace.sites.map((site) => [site.site, site.computed]))).toMatchObject(computed ?? {});
    for (const [step, prediction] of predictions.entries())
      expect(relativeError(few(prediction), recorded(`${index}.predictions`), step, steps)).toBeLessThan(1e-4);
    expect(relativeError(few(latents.data), recorded(`${index}.sample`))).toBeLessThan(1e-4);
  },
);

test("every cache that was recorded leaves something out", () => {
  for (const { method, computed = {} } of runs)
    expect(Object.values(computed).some((mask) => mask.includes("0"))).toBe(method !== null);
});
