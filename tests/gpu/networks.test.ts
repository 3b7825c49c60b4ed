import { expect, it } from "vitest";
import type { RunInputs } from "../../src/engine/engine.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { relativeDifference } from "../numbers.js";
import { folderOf } from "./fixture.js";

// Small random checkpoints of diffusers' classes on captured graphs: operations that Latte and FLUX do not have.

const names = ["chroma-masked", "hunyuan-deep", "ltx-affine", "mochi-masked", "z-image-masked"];

it.each(names)("%s predicts on WebGPU what diffusers predicts", async (name) => {
  const folder = folderOf(`networks/${name}`);
  const { steps, guidance } = await (await fetch(`${folder}/reference.json`)).json();
  const bytes = await (await fetch(`${folder}/reference.safetensors`)).arrayBuffer();
  const tensors = readSafetensors(new Uint8Array(bytes));
  const conditions = (prefix: string): Record<string, Tensor> =>
    Object.fromEntries(
      ["text", "mask", "pooled"].flatMap((kind) => {
        const found = tensors.get(prefix + kind);
        return found ? [[kind, found]] : [];
      }),
    );
  const uncond = conditions("uncond.");
  const inputs: RunInputs = {
    noise: tensors.get("noise") as Tensor,
    cond: conditions(""),
    ...(uncond.text ? { uncond } : {}),
  };
  const engine = await createEngine({ model: folder, backend: "webgpu" });
  const { predictions = [] } = await engine.generate({ steps, guidance, inputs, predictions: true });
  await engine.dispose();
  const wanted = tensors.get("none.predictions")?.data as Float32Array;
  expect(predictions).toHaveLength(steps);
  for (const [step, prediction] of predictions.entries()) {
    const { length } = prediction;
    expect(relativeDifference(prediction, wanted.subarray(step * length, (step + 1) * length))).toBeLessThan(1e-4);
  }
});
