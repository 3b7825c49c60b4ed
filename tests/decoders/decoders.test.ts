import { readdirSync, readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../../src/engine/backends/wasm.js";
import { decoderOf } from "../../src/engine/decoders/index.js";
import { EngineError } from "../../src/engine/errors.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { openFiles } from "../../src/engine/models/files.js";
import type { Files } from "../../src/engine/models/source.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { decoding } from "../../src/engine/run/decode.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { fixtureFolder, relativeError } from "../golden/fixture.js";
import { readReal } from "../golden/real.js";

// Small random decoders of diffusers: tests/reference/decoders.py.

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));

const open = async (name: string) => {
  const folder = fixtureFolder(`decoders/${name}`);
  const weights = weightStore(readSafetensors(readFileSync(`${folder}/vae/diffusion_pytorch_model.safetensors`)));
  const decoder = await decoderOf(json(`${folder}/vae/config.json`), weights);
  return { folder, ...decoding(decoder, weights, wasmBackend(ort)) };
};

/** [frames, C, H, W] as a clip [1, C, frames, H, W]. */
const asClip = ({ dims, data }: Tensor): Tensor => {
  const [frames, channels, height, width] = dims as [number, number, number, number];
  const area = height * width;
  const turned = new Float32Array(data.length);
  for (let frame = 0; frame < frames; frame++)
    for (let channel = 0; channel < channels; channel++) {
      const from = (frame * channels + channel) * area;
      turned.set(data.subarray(from, from + area), (channel * frames + frame) * area);
    }
  return { dims: [1, channels, frames, height, width], data: turned };
};

test.each(readdirSync(fixtureFolder("decoders")))("%s: the pixels that diffusers decodes", async (name) => {
  const { folder, decode } = await open(name);
  const tensors = readSafetensors(readFileSync(`${folder}/reference.safetensors`));
  const [latents, wanted] = ["latents", "pixels"].map((key) => asClip(tensors.get(key) as Tensor)) as [Tensor, Tensor];
  const pixels = await decode(latents, undefined);
  expect(pixels.dims).toEqual(wanted.dims);
  expect(relativeError(pixels.data, wanted.data)).toBeLessThan(1e-5);
});

describe("a checkpoint with vae/", () => {
  const { folder, inputs, steps, guidance } = readReal("dit");
  /** The small DiT, with a decoder beside it. */
  const withDecoder = async (name: string): Promise<Files> => {
    const [network, decoder] = [await openFiles(folder), await openFiles(fixtureFolder(`decoders/${name}`))];
    return {
      name: `dit with ${name}`,
      read: (path, options) => (path.startsWith("vae/") ? decoder : network).read(path, options),
    };
  };

  test("a run ends in pixels, beside the latents that they are made of", async () => {
    const loaded: number[] = [];
    const engine = await createEngine({
      model: await withDecoder("kl"),
      backend: "wasm",
      onProgress: (progress) => progress.phase === "download" && loaded.push(progress.loaded),
    });
    const { clip, latents, trace } = await engine.generate({ inputs, steps, guidance });
    await engine.dispose();
    expect(latents.dims).toEqual([1, 4, 1, 8, 8]);
    expect(clip.dims).toEqual([1, 3, 1, 16, 16]);
    const alone = await (await open("kl")).decode(latents, undefined);
    expect(clip.data).toEqual(alone.data);
    expect(trace.totals.decodeMs).toBeGreaterThan(0);
    expect(loaded.toSorted((a, b) => a - b)).toEqual(loaded); // the decoder counts on from the network
  });

  test("a decoder of other latents is refused by its channels", async () => {
    const engine = await createEngine({ model: await withDecoder("tiny"), backend: "wasm" });
    await expect(engine.generate({ inputs, steps, guidance })).rejects.toThrow("vae/ decodes 6 channels");
    await engine.dispose();
  });

  test.each([
    [{ _class_name: "AutoencoderTiny", upsample_fn: "bilinear" }, "upsample_fn"],
    [
      { _class_name: "AutoencoderTiny", decoder_block_out_channels: [8, 16], num_decoder_blocks: [1, 1] },
      "decoder_block",
    ],
    [{ _class_name: "AutoencoderKL", up_block_types: ["AttnUpDecoderBlock2D"] }, "up_block_types"],
    [{ _class_name: "AutoencoderKL", latents_mean: [0, 0, 0, 0] }, "latents_mean"],
    [{ _class_name: "AutoencoderKL", norm_num_groups: 7 }, "norm_num_groups"],
  ])("%j is refused by the field", async (config, field) => {
    const made = decoderOf(config, weightStore(new Map()));
    await expect(made).rejects.toThrow(EngineError);
    await expect(made).rejects.toThrow(field);
  });
});
