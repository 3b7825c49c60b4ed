import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/create-engine.js";
import type { Engine } from "../../src/engine/engine.js";
import { readFixture, relativeError } from "./fixture.js";
import { methodsFor } from "./methods.js";

// Runs of diffusers' own cache hooks on a small FluxTransformer2DModel, see tests/fixtures/README.md.

const fixture = readFixture("flux-a");

describe("diffusers' runs on flux-a", () => {
  let engine: Engine;
  beforeAll(async () => {
    const file = `${fixture.folder}/scheduler-flow/scheduler_config.json`;
    engine = await createEngine({
      model: fixture.folder,
      backend: "wasm",
      scheduler: JSON.parse(readFileSync(file, "utf8")),
    });
  });
  afterAll(() => engine.dispose());

  test.each(fixture.runs.map((run) => [run.method, run] as const))(
    "%s: same sites computed, same predictions",
    async (method, run) => {
      const {
        trace,
        predictions = [],
        latents,
        clip,
      } = await engine.generate({
        steps: fixture.steps,
        guidance: 1,
        cache: methodsFor(run),
        predictions: true,
        inputs: {
          noise: fixture.tensor("noise"),
          cond: { text: fixture.tensor("text"), pooled: fixture.tensor("pooled") },
        },
      });
      const computed = Object.fromEntries(trace.sites.map((site) => [site.site, site.computed]));
      expect(computed).toMatchObject(run.computed ?? {});
      const wanted = fixture.tensor(`flow.${method}.predictions`).data;
      expect(predictions).toHaveLength(fixture.steps);
      for (const [step, prediction] of predictions.entries())
        expect(relativeError(prediction, wanted, step, fixture.steps)).toBeLessThan(1e-4);
      expect(relativeError(latents.data, fixture.tensor(`flow.${method}.sample`).data)).toBeLessThan(1e-4);
      expect(latents.dims).toEqual([1, 16, 12]);
      expect(clip.dims).toEqual([1, 3, 1, 8, 8]);
    },
  );
});
