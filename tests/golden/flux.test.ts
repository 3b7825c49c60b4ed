import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { EngineError } from "../../src/engine/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/engine/files/safetensors.js";
import type { Files } from "../../src/engine/models/source.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { readFixture, relativeError } from "./fixture.js";
import { methodsFor } from "./methods.js";

// Runs of diffusers' own cache hooks on a small FluxTransformer2DModel, see tests/fixtures/README.md.

const fixture = readFixture("flux-a");

describe("diffusers' runs on flux-a", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler: fixture.scheduler("flow") });
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
        sigmas: "scheduler", // as they were recorded
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

/** The same model, told its guidance: `guidance_embeds`, with the weights that embed the timestep. */
const distilled: Files = {
  name: "flux-a, guidance-distilled",
  async read(path) {
    const file = `${fixture.folder}/${path}`;
    if (path.endsWith("scheduler_config.json"))
      return readFileSync(`${fixture.folder}/scheduler-flow/scheduler_config.json`);
    if (path.startsWith("vae/")) throw new EngineError("file-missing", `${path} is not there.`);
    if (path.endsWith("config.json"))
      return new TextEncoder().encode(
        JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), guidance_embeds: true }),
      );
    if (path !== "transformer/diffusion_pytorch_model.safetensors")
      throw new EngineError("file-missing", `${path} is not there.`);
    const weights = [...readSafetensors(readFileSync(file))].flatMap(([name, { dims, data }]) => {
      const names = name.includes("timestep_embedder") ? [name, name.replace("timestep", "guidance")] : [name];
      return names.map((one) => [one, { dims, data }] as const);
    });
    return new Uint8Array(writeSafetensors(weights));
  },
};

test("a guidance-distilled model is told the scale and runs once a step, as in diffusers", async () => {
  const engine = await createEngine({ model: distilled, backend: "wasm" });
  const cond = { text: fixture.tensor("text"), pooled: fixture.tensor("pooled") };
  const run = (guidance: number, more = {}) =>
    engine.generate({
      steps: 3,
      sigmas: "scheduler",
      guidance,
      inputs: { noise: fixture.tensor("noise"), cond: { ...cond, ...more } },
    });
  // The first numbers of diffusers' packed latents after three steps, `guidance` of the model 1 and 3.5.
  const golden = [
    [1, [0.694123, 0.953651, -0.163139, 0.579128, 0.976922, -0.001678]],
    [3.5, [0.780996, 1.429678, 0.096266, 0.738485, 0.678366, -0.034432]],
  ] as const;
  for (const [scale, wanted] of golden) {
    const { latents, trace } = await run(scale);
    expect(trace.guidance).toBe(1);
    for (const [index, value] of wanted.entries()) expect(latents.data[index]).toBeCloseTo(value, 4);
  }
  const told = await run(1, { guidance: { dims: [1], data: Float32Array.of(3.5) } });
  expect(told.latents.data).toEqual((await run(3.5)).latents.data);
  await engine.dispose();
});
