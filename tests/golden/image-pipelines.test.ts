import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { fixtureFolder, relativeError } from "./fixture.js";
import { readReal } from "./real.js";

// Whole runs of diffusers' pipelines (tests/reference/image_pipelines.py): packing, sigmas, shift, masks, guidance and sign.

interface PipelineRun {
  readonly run: string;
  readonly model: string;
  readonly pipeline: string;
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly guidance: number;
  readonly timesteps: readonly number[];
  readonly latents: readonly number[];
}

const { runs } = JSON.parse(readFileSync(fixtureFolder("image-pipelines.json"), "utf8")) as {
  readonly runs: readonly PipelineRun[];
};

test.each(runs.map((run) => [run.pipeline, run.run, run] as const))("%s on %s", async (_, __, run) => {
  const { folder, inputs } = readReal(run.model, "networks");
  const engine = await createEngine({ model: folder, backend: "wasm", scheduler: run.scheduler });
  const { steps, guidance } = run;
  const { trace, latents } = await engine.generate({ steps, guidance, inputs });
  await engine.dispose();
  expect(trace.timesteps).toEqual(run.timesteps.map((timestep) => expect.closeTo(timestep, 3)));
  expect(relativeError(latents.data, Float32Array.from(run.latents))).toBeLessThan(1e-4);
});
