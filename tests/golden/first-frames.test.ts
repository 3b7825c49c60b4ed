import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import type { Progress, RunInputs } from "../../src/engine/engine.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { engineRejection } from "../error.js";
import { fixtureFolder, relativeError } from "./fixture.js";
import { type RealRun, readReal } from "./real.js";

// Clips that start from a picture, as the pipelines of diffusers make them: tests/reference/first_frames.py.

interface PicturedRun extends Omit<RealRun, "run"> {
  readonly model: string;
  readonly guidance: number;
  readonly steps: number;
  readonly scheduler: Readonly<Record<string, unknown>>;
  readonly timesteps: readonly number[];
}

const { runs } = JSON.parse(readFileSync(fixtureFolder("first-frames.json"), "utf8")) as {
  readonly runs: readonly PicturedRun[];
};
const tensors = readSafetensors(readFileSync(fixtureFolder("first-frames.safetensors")));
const tensor = (name: string): Tensor => tensors.get(name) as Tensor;
const readModel = (model: string) => {
  const [room, name] = model.split("/") as ["real" | "networks", string];
  const { folder, inputs } = readReal(name, room);
  const pictured: RunInputs = { ...inputs, cond: { ...inputs.cond, image: tensor(`${model}.image`) } };
  return { folder, inputs, pictured };
};

test.each(runs.map((run, index) => [run.model, run.method ?? "uncached", index] as const))(
  "%s, %s: the pipeline's modules ran, and its latents came out",
  async (model, _method, index) => {
    const { scheduler, steps, guidance, method, options = {}, computed, timesteps } = runs[index] as PicturedRun;
    const { folder, pictured: inputs } = readModel(model);
    const engine = await createEngine({ model: folder, backend: "wasm", scheduler });
    const cache = method === null ? [] : [methodFromName(method, options)];
    const { trace, latents } = await engine.generate({ steps, guidance, cache, inputs });
    await engine.dispose();
    for (const [step, timestep] of timesteps.entries()) expect(trace.timesteps[step]).toBeCloseTo(timestep, 3);
    expect(Object.fromEntries(trace.sites.map((site) => [site.site, site.computed]))).toMatchObject(computed ?? {});
    const wanted = tensor(`${index}.sample`).data;
    expect(relativeError(latents.data, wanted)).toBeLessThan(1e-4);
  },
);

test("every cache that was recorded leaves something out", () => {
  for (const { method, computed = {} } of runs)
    expect(Object.values(computed).some((mask) => mask.includes("0"))).toBe(method !== null);
});

test("the first frame is the picture in previews and after every step, for each clip its own", async () => {
  const { folder, pictured } = readModel("real/wan");
  const { noise, cond } = pictured;
  const image = cond.image as Tensor;
  const twice = ({ dims, data }: Tensor, factor: number): Tensor => ({
    dims: [2, ...dims.slice(1)],
    data: Float32Array.from([...data, ...data.map((value) => factor * value)]),
  });
  const previews: Float32Array[] = [];
  const onProgress = (progress: Progress): void => {
    if (progress.phase === "step" && progress.preview) previews.push(progress.preview.data);
  };
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const inputs = { noise: twice(noise, 1), cond: { ...cond, image: twice(image, 2) } };
  const request = { steps: 3, guidance: 1, inputs, previewEvery: 1, stepLatents: true, onProgress };
  const { stepLatents = [], latents } = await engine.generate(request);
  await engine.dispose();
  const [, channels, frames, height, width] = noise.dims as [number, number, number, number, number];
  const area = height * width;
  for (const data of [...previews, ...stepLatents, latents.data])
    for (const clip of [0, 1])
      for (let channel = 0; channel < channels; channel++) {
        const from = (clip * channels + channel) * frames * area;
        const own = image.data.subarray(channel * area, (channel + 1) * area).map((value) => (clip + 1) * value);
        expect(data.slice(from, from + area)).toEqual(own);
      }
  expect(previews.length + stepLatents.length).toBe(6);
});

test("pictures of another size, of one branch, or for a single frame are refused", async () => {
  const { folder, inputs, pictured } = readModel("real/wan");
  const engine = await createEngine({ model: folder, backend: "wasm" });
  const { noise, cond, uncond } = pictured;
  const refusal = async (given: RunInputs) =>
    (await engineRejection("input-invalid", engine.generate({ steps: 2, guidance: 2, inputs: given }))).message;
  const image = cond.image as Tensor;
  expect(await refusal({ ...inputs, cond: { ...cond, image: noise } })).toContain('The input "image" has the shape');
  expect(await refusal({ ...pictured, uncond: { ...uncond, image } })).toContain("an image of its own");
  expect(await refusal({ ...pictured, noise: image })).toContain("here are 1, in patches 1 deep");
  await engine.dispose();
});
