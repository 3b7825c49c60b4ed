import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { fixtureFolder, readFixture } from "../golden/fixture.js";
import { changed, ramp } from "../small-files.js";

const fixture = readFixture("latte-a");

// The first numbers of diffusers 0.42.1's LatteTransformer3DModel with the weights of latte-a, patches of 4, at timestep 1000.
test.each([
  [16, [0.234033, 0.323017, -0.859247, -0.849934, 0.301313, 0.461193]],
  [18, [0.234033, 0.323017, -0.859247, -0.849934, 0.301313, 0.461193]],
  [15, [0.242916, 0.335973, -0.860476, -0.840415, 0.29996, 0.423549]],
  [11, [0.251864, 0.347265, -0.862303, -0.832381, 0.292679, 0.391428]],
])("Latte with sample_size %i has positions by whole patches, as in diffusers", async (sampleSize, wanted) => {
  const model = changed(fixtureFolder("latte-a"), {
    "transformer/config.json": (bytes) => JSON.stringify({ ...JSON.parse(bytes.toString()), sample_size: sampleSize }),
    "scheduler/scheduler_config.json": () =>
      readFileSync(`${fixture.folder}/scheduler-flow/scheduler_config.json`, "utf8"),
  });
  const engine = await createEngine({ model, backend: "wasm" });
  const { predictions, trace } = await engine.generate({
    ...{ steps: 1, guidance: 1, predictions: true, sigmas: "scheduler" },
    inputs: { noise: ramp(1, 3, 4, 8, 12), cond: { text: ramp(1, 5, 24) } },
  });
  await engine.dispose();
  expect(trace.timesteps).toEqual([1000]);
  expect(trace.notes).toBeUndefined(); // every tensor is read
  for (const [index, value] of wanted.entries()) expect(predictions?.[0]?.[index]).toBeCloseTo(value, 4);
});
