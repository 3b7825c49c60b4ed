// Records how a clip forms, for the first guide: one frame of the latents after some of the steps, side by side, decoded where
// the model has a decoder. After npm run build:lib: node scripts/record-forming.ts
import { createEngine, type Tensor } from "diffusion-cache";
import * as ort from "onnxruntime-web";
import { PNG } from "pngjs";
import { wasmBackend } from "../dist/lib/backends/wasm.js";
import { decoderOf } from "../dist/lib/decoders/index.js";
import { weightStore } from "../dist/lib/graph/weights.js";
import { openFiles } from "../dist/lib/models/files.js";
import { loadCheckpoint } from "../dist/lib/run/checkpoint.js";
import { decoding } from "../dist/lib/run/decode.js";
import { firstModel } from "../site/model/live-models.ts";
import { formedOf, formingFrame } from "../site/story/forming.ts";
import { writeWhole } from "./script.mjs";

const root = new URL("../", import.meta.url).pathname;
const model = `${root}site/public/models/${firstModel}`;
const engine = await createEngine({ model, backend: "wasm" });
const { height, width } = engine.model.clip;
const { defaults } = engine.model;
const { stepLatents = [], latents, trace } = await engine.generate({ ...defaults, seed: 0, stepLatents: true });

const { vae } = await loadCheckpoint(await openFiles(model));
const decode = async (picture: Tensor): Promise<Tensor> => {
  if (!vae) return picture;
  const weights = weightStore(vae.weights);
  return decoding(await decoderOf(vae.config, weights), weights, wasmBackend(ort)).decode(picture, undefined);
};
/** The shown frame of latents, as pixels. */
const pictureOf = (data: Float32Array): Promise<Tensor> => {
  const [, channels, frames, high, wide] = latents.dims as [number, number, number, number, number];
  const area = high * wide;
  const frame = Float32Array.from({ length: channels * area }, (_, at) => {
    const [channel, place] = [Math.floor(at / area), at % area];
    return data[(channel * frames + formingFrame) * area + place] as number;
  });
  return decode({ dims: [1, channels, 1, high, wide], data: frame });
};

const formed = formedOf(trace.steps);
const png = new PNG({ width: formed.length * width, height });
png.data.fill(255);
for (const [at, step] of formed.entries()) {
  const { data } = await pictureOf(stepLatents[step - 1] as Float32Array);
  for (let channel = 0; channel < 3; channel++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const value = data[(channel * height + y) * width + x] ?? 0;
        // 32 shades a channel: what noise is lost is not missed, and the file is a third smaller.
        const shade = Math.round((Math.min(1, Math.max(-1, value)) + 1) * 15.5);
        png.data[4 * (y * png.width + at * width + x) + channel] = Math.round((shade * 255) / 31);
      }
}
writeWhole(`${root}site/story/forming.png`, PNG.sync.write(png, { colorType: 2, filterType: 0 }));
console.log(engine.model.name, engine.device.description, latents.dims.join(" × "));
await engine.dispose();
