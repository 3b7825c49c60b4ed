import * as ort from "onnxruntime-web";
import { expect, it } from "vitest";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import type { CacheMethod } from "../../src/engine/method.js";
import { openFiles } from "../../src/engine/models/files.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { engineOf } from "../../src/engine/run/engine-of.js";
import { engineRejection } from "../error.js";
import { readFixture } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";

const { folder, tensor, scheduler } = readFixture("latte-a");
const request = recordedRequest(smallModels[0], tensor, 6);

/** The small Latte, with one number of one weight replaced. */
const engineWith = async (name?: string, value = Number.NaN) => {
  const checkpoint = await loadCheckpoint(await openFiles(folder));
  const weights = new Map(checkpoint.weights);
  if (name) {
    const weight = weights.get(name);
    if (!weight) throw new Error(`there is no weight ${name}`);
    const data = weight.data.slice();
    data[0] = value;
    weights.set(name, { ...weight, data });
  }
  const schedulerConfig = scheduler("ddim");
  const device = { backend: "wasm", description: "WebAssembly", ladder: [] } as const;
  return engineOf({ ...checkpoint, weights, schedulerConfig }, wasmBackend(ort), device);
};

it.each([
  ["transformer_blocks.1.attn1", Number.NaN],
  ["temporal_transformer_blocks.0.attn1", Number.POSITIVE_INFINITY],
])("a weight of %s that is %d stops the run in its first step, and the sub-layer is named", async (site, value) => {
  const engine = await engineWith(`${site}.to_out.0.bias`, value);
  const steps: number[] = [];
  const onProgress = (progress: { phase: string }) => void (progress.phase === "step" && steps.push(steps.length));
  const error = await engineRejection("not-finite", engine.generate({ ...request, onProgress }));
  expect(error.message).toContain(`${site} gives the first, in step 0 of the`);
  expect(steps).toEqual([]);
  await engine.dispose();
});

it("an estimate that grows without bound is told from a broken network, and the next run is unharmed", async () => {
  const engine = await engineWith();
  const wild: CacheMethod = {
    name: "wild",
    options: {},
    sites: (model) => [model.output()],
    start:
      () =>
      ({ step }) =>
        step < 2 ? "compute" : { weights: [3e38] },
  };
  const wanted = await engine.generate(request);
  const error = await engineRejection("not-finite", engine.generate({ ...request, cache: [wild] }));
  expect(error.message).toContain("an estimate of wild grew without bound");
  expect((await engine.generate(request)).clip).toEqual(wanted.clip);
  await engine.dispose();
});
