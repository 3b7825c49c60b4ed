import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { readFixture, relativeError } from "./fixture.js";
import { methodsFor } from "./methods.js";

// Runs of diffusers' own cache hooks on a small LatteTransformer3DModel, see tests/fixtures/README.md.

const fixture = readFixture("latte-a");

describe.each(["ddim", "flow"])("diffusers' runs on latte-a, %s", (scheduler) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler: fixture.scheduler(scheduler) });
  });
  afterAll(() => engine.dispose());

  const runs = fixture.runs.filter((run) => run.scheduler === scheduler);
  test.each(runs.map((run) => [run.method, run] as const))(
    "%s: same sites computed, same predictions",
    async (method, run) => {
      const result = await engine.generate({
        steps: fixture.steps,
        guidance: fixture.guidance,
        cache: methodsFor(run),
        predictions: true,
        inputs: {
          noise: fixture.tensor("noise"),
          cond: { text: fixture.tensor("cond") },
          uncond: { text: fixture.tensor("uncond") },
        },
      });
      const { trace, predictions = [], clip } = result;
      expect(trace.timesteps).toHaveLength(run.timesteps.length);
      for (const [step, timestep] of trace.timesteps.entries())
        expect(timestep).toBeCloseTo(run.timesteps[step] as number, 3);
      const computed = Object.fromEntries(trace.sites.map((site) => [site.site, site.computed]));
      expect(computed).toMatchObject(run.computed ?? {});
      const wanted = fixture.tensor(`${scheduler}.${method}.predictions`).data;
      expect(predictions).toHaveLength(fixture.steps);
      for (const [step, prediction] of predictions.entries())
        expect(relativeError(prediction, wanted, step, fixture.steps)).toBeLessThan(1e-4);
      expect(relativeError(clip.data, fixture.tensor(`${scheduler}.${method}.sample`).data)).toBeLessThan(1e-4);
      // Cache bytes of PAB: A · B · N · D · 4 for each branch, and nothing after the run.
      const sites = new Set(trace.visits.map(({ site }) => site)).size;
      if (method.startsWith("pab")) expect(trace.totals.bytes.peak.cache).toBe(2 * sites * (4 * 16 * 32) * 4);
      expect(trace.totals.bytes.now.cache).toBe(0);
    },
  );
});
