import { describe, expect, test } from "vitest";
import {
  type CacheMethod,
  cfgCache,
  fora,
  oneSite,
  pab,
  taylorSeer,
  teaCache,
  withForecast,
} from "../../src/engine/index.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { engineError } from "../error.js";

const timesteps = Array.from({ length: 12 }, (_, step) => 960 - 80 * step);
const value = (step: number) => Float32Array.of(step * step, 7 - step);

describe("a method at one site", () => {
  const site = "spatial-attention";
  const methods: readonly (readonly [string, CacheMethod])[] = [
    ["reuse", fora({ interval: 3 })],
    ["ranges of timesteps", pab({ spatialAttentionBlockSkipRange: 3, spatialAttentionTimestepSkipRange: [200, 800] })],
    ["Taylor", taylorSeer({ cacheInterval: 3, maxOrder: 2, sites: [site] })],
    ["Hermite", withForecast(fora({ interval: 4 }), { by: "hermite", order: 2 })],
    ["FoCa, which keeps estimates too", withForecast(fora({ interval: 4 }), { by: "foca" })],
  ];
  test.each(methods)("gives what the executor gives: %s", async (_, method) => {
    const latents = timesteps.map((_, step) => row(...value(step)));
    // The network is x + f with f = x, so that what it adds is the feature.
    const run = await runArithmetic({ model: doublingModel(1, 2), methods: [method], latents, timesteps });
    const next = oneSite({ method, timesteps, kind: site });
    const steps = latents.map(({ data }) => next(() => data as Float32Array));
    for (const [step, { decision, value }] of steps.entries()) {
      const visit = run.visits[step];
      expect(visit?.decision === "compute").toBe(decision === "compute");
      for (const [at, added] of (run.outputs[step] as number[]).entries())
        expect(value[at]).toBeCloseTo(added - (latents[step]?.data[at] as number), 4);
    }
    expect(new Set(steps.map(({ decision }) => decision === "compute")).size).toBe(2);
  });

  test("computes only where the method computes", () => {
    const next = oneSite({ method: fora({ interval: 3 }), timesteps });
    const asked: number[] = [];
    for (const step of timesteps.keys())
      next(() => {
        asked.push(step);
        return value(step);
      });
    expect(asked).toEqual([0, 2, 5, 8, 11]);
  });
});

describe("refused", () => {
  test("a method that measures, keeps frequency bands, or wants another site", () => {
    engineError("option-invalid", () => oneSite({ method: teaCache({ coefficients: [1, 0] }), timesteps }));
    engineError("option-invalid", () => oneSite({ method: cfgCache(), timesteps }));
    engineError("site-missing", () => oneSite({ method: pab(), timesteps }));
  });

  test("a value of another length, of another kind, and a step too many", () => {
    const next = oneSite({ method: fora({ interval: 1 }), timesteps: [1000, 500] });
    next(() => value(0));
    engineError("input-invalid", () => next(() => Float32Array.of(1)));
    engineError("input-invalid", () => next(() => [1, 2] as unknown as Float32Array));
    next(() => value(1));
    engineError("input-invalid", () => next(() => value(2)));
  });
});
