import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { fixtureFolder, relativeError } from "./fixture.js";
import { readReal } from "./real.js";

// Small random checkpoints of the real classes of diffusers, see tests/fixtures/README.md.

const networks = readdirSync(fixtureFolder("networks"));
const recorded = [
  ...["cogvideox", "dit", "pixart", "qwenimage", "sd3", "wan"].map((name) => [name, "real"] as const),
  ...networks.map((name) => [name, "networks"] as const),
];

describe.each(recorded)("diffusers' runs on %s", (name, room) => {
  const fixture = readReal(name, room);
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ model: fixture.folder, backend: "wasm" });
  });
  afterAll(() => engine.dispose());

  test.each(fixture.runs.map((run) => [run.run, run] as const))(
    "%s: same predictions, same modules",
    async (_, run) => {
      const { steps, inputs } = fixture;
      const guidance = run.guidance ?? fixture.guidance;
      const cache = run.method === null ? [] : [methodFromName(run.method, run.options ?? {})];
      const {
        trace,
        predictions = [],
        latents,
      } = await engine.generate({ steps, guidance, cache, predictions: true, inputs });
      for (const [step, timestep] of fixture.timesteps.entries())
        expect(trace.timesteps[step]).toBeCloseTo(timestep, 3);
      const wanted = fixture.tensor(`${run.run}.predictions`).data;
      expect(predictions).toHaveLength(steps);
      for (const [step, prediction] of predictions.entries())
        expect(relativeError(prediction, wanted, step, steps)).toBeLessThan(1e-4);
      if (run.computed)
        expect(Object.fromEntries(trace.sites.map((site) => [site.site, site.computed]))).toMatchObject(run.computed);
      if (run.method === null)
        expect(relativeError(latents.data, fixture.tensor("none.sample").data)).toBeLessThan(1e-4);
    },
  );
});
