import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { fixtureFolder, readFixture, relativeError } from "./fixture.js";

// Random settings of diffusers' hooks on both fixture models and schedulers, recorded by tests/reference/methods.py.

interface RandomRun {
  readonly model: "latte-a" | "flux-a";
  readonly method: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly guidance: number;
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly computed: Readonly<Record<string, string>>;
}

const { runs } = JSON.parse(readFileSync(fixtureFolder("random-runs.json"), "utf8")) as {
  readonly runs: readonly RandomRun[];
};
const samples = readSafetensors(readFileSync(fixtureFolder("random-runs.safetensors")));
const [latte, flux] = [readFixture("latte-a"), readFixture("flux-a")];
const inputs = {
  "latte-a": {
    noise: latte.tensor("noise"),
    cond: { text: latte.tensor("cond") },
    uncond: { text: latte.tensor("uncond") },
  },
  "flux-a": { noise: flux.tensor("noise"), cond: { text: flux.tensor("text"), pooled: flux.tensor("pooled") } },
};

test.each(runs.map((run, index) => [run.model, run.method, JSON.stringify(run.options), index] as const))(
  "%s, %s %s: diffusers' modules ran, diffusers' latents came out",
  async (model, method, _, index) => {
    const { options, scheduler, steps, guidance, computed } = runs[index] as RandomRun;
    const engine = await createEngine({ model: fixtureFolder(model), backend: "wasm", scheduler });
    const cache = [methodFromName(method, options)];
    const { trace, latents } = await engine.generate({
      ...{ steps, guidance, cache, inputs: inputs[model] },
      sigmas: "scheduler", // as they were recorded
    });
    await engine.dispose();
    expect(Object.fromEntries(trace.sites.map((site) => [site.site, site.computed]))).toMatchObject(computed);
    expect(relativeError(latents.data, samples.get(String(index))?.data as Float32Array)).toBeLessThan(1e-4);
  },
);

test("most of the settings leave something out, of every method", () => {
  const skipping = runs.filter(({ computed }) => Object.values(computed).some((mask) => mask.includes("0")));
  expect(skipping.length).toBeGreaterThan(runs.length / 2);
  expect(new Set(skipping.map(({ method }) => method)).size).toBe(5);
});
