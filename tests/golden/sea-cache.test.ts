import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { handleCounts } from "../../src/engine/cache/history.js";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { seaFilter } from "../../src/engine/cache/sea-filter.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { fixtureFolder, readFixture, relativeError } from "./fixture.js";

// Runs of diffusers' SeaCache hook on both fixture models, recorded by tests/reference/sea_cache.py.

interface SeaRun {
  readonly model: "latte-a" | "flux-a";
  readonly options: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly guidance: number;
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly computed: string;
  /** Relative change of the filtered latents, from the second step on. */
  readonly changes: readonly number[];
}

const { runs, filters } = JSON.parse(readFileSync(fixtureFolder("sea-cache.json"), "utf8")) as {
  readonly runs: readonly SeaRun[];
  readonly filters: readonly { readonly sigma: number; readonly powerExp: number }[];
};
const recorded = readSafetensors(readFileSync(fixtureFolder("sea-cache.safetensors")));
const tensor = (name: string): Tensor => recorded.get(name) as Tensor;
const [latte, flux] = [readFixture("latte-a"), readFixture("flux-a")];
const conditions = {
  "latte-a": { cond: { text: latte.tensor("cond") }, uncond: { text: latte.tensor("uncond") } },
  "flux-a": { cond: { text: flux.tensor("text"), pooled: flux.tensor("pooled") } },
};

describe("diffusers' SeaCache", () => {
  test.each(
    runs.map((run, index) => [run.model, run.scheduler._class_name, JSON.stringify(run.options), index] as const),
  )(
    "%s, %s, %s: same steps computed, same changes measured, same predictions",
    async (model, _name, _options, index) => {
      const { options, scheduler, steps, guidance, computed, changes } = runs[index] as SeaRun;
      const engine = await createEngine({ model: fixtureFolder(model), backend: "wasm", scheduler });
      const { trace, predictions = [] } = await engine.generate({
        steps,
        sigmas: "scheduler", // as they were recorded
        guidance,
        cache: [methodFromName("seacache", options)],
        predictions: true,
        inputs: { noise: tensor(`${model}.noise`), ...conditions[model] },
      });
      await engine.dispose();
      expect(trace.sites.find(({ kind }) => kind === "blocks")?.computed).toBe(computed);
      const found = trace.visits
        .filter(({ branch, step }) => branch === "cond" && step > 0)
        .map(({ readings: [reading] = [] }) => (reading?.change ?? 0) / (reading?.magnitude ?? 1));
      expect(found).toHaveLength(changes.length);
      for (const [at, change] of changes.entries())
        expect(Math.abs((found[at] as number) / change - 1)).toBeLessThan(1e-4);
      expect(predictions).toHaveLength(steps);
      for (const [step, prediction] of predictions.entries())
        expect(relativeError(prediction, tensor(`${index}.predictions`).data, step, steps)).toBeLessThan(1e-4);
    },
  );

  test.each(filters.map(({ sigma, powerExp }, index) => [sigma, powerExp, index] as const))(
    "its filter at sigma %d and exponent %d",
    async (sigma, powerExp, index) => {
      const { dims, data } = tensor(`filter.${index}.in`);
      const shape = [1, ...dims];
      const backend = wasmBackend(ort);
      const filter = seaFilter({
        model: {
          key: `filter ${dims}`,
          weights: weightStore(new Map()),
          inputs: [{ name: "latents", dims: shape }],
          volume: (_, latents) => latents,
        },
        backend,
        counts: handleCounts(backend),
        sigmas: [sigma],
        compile: (graph) => backend.compile(graph),
      });
      const filtered = await backend.read(await filter.apply(backend.upload({ dims: shape, data }), 0, powerExp));
      await backend.dispose();
      expect(relativeError(filtered, tensor(`filter.${index}.out`).data)).toBeLessThan(2e-6);
    },
  );

  test("orders, guards and both kinds of scheduler are among the runs, and each leaves steps out", () => {
    for (const { computed } of runs) expect(computed).toMatch(/^1.*0/);
    expect(new Set(runs.map(({ options }) => options.residualOrder ?? 1))).toEqual(new Set([0, 1]));
    expect(new Set(runs.map(({ model, scheduler }) => `${model} ${scheduler._class_name}`)).size).toBe(4);
  });
});
