import * as ort from "onnxruntime-web";
import { expect, it } from "vitest";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import type { GenerateOptions, RunInputs } from "../../src/engine/engine.js";
import type { CacheMethod } from "../../src/engine/method.js";
import { openFiles } from "../../src/engine/models/files.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { engineOf } from "../../src/engine/run/engine-of.js";
import type { Tensor } from "../../src/engine/tensor.js";
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

it("inputs that are empty or no numbers are named as such, before anything is computed", async () => {
  const engine = await engineWith();
  const { noise, cond, uncond } = request.inputs as Required<RunInputs>;
  const { text } = cond as { readonly text: Tensor };
  const holed = (tensor: Tensor, value: number): Tensor => ({ ...tensor, data: tensor.data.slice().fill(value, 3, 5) });
  const said = async (inputs: RunInputs) =>
    (await engineRejection("input-invalid", engine.generate({ ...request, inputs }))).message;
  expect(await said({ noise: holed(noise, Number.NaN), cond, uncond })).toContain('"noise" holds NaN, at 3');
  // Also where the other branch's tensor of that name is sound.
  const infinite = { text: holed(text, Number.POSITIVE_INFINITY) };
  expect(await said({ noise, cond: infinite, uncond })).toContain('"text" holds Infinity, at 3');
  const misgiven = { text: { dims: text.dims, data: [...text.data] } } as unknown as typeof cond;
  expect(await said({ noise, cond: misgiven, uncond })).toContain('"text" is no tensor');
  const none = { text: { dims: [1, 0, text.dims[2] as number], data: new Float32Array() } };
  expect(await said({ noise, cond: none, uncond: none })).toContain('"text" is empty: its shape is [1, 0,');
  const asked = engine.generate({
    ...request,
    steps: undefined,
    timesteps: [Number.NaN],
  } as unknown as GenerateOptions);
  expect((await engineRejection("input-invalid", asked)).message).toContain('timesteps is ["NaN"]');
  await engine.dispose();
});
