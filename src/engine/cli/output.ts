import gifenc from "gifenc";
import { PNG } from "pngjs";
import type { Result } from "../engine.js";
import { writeSafetensors } from "../files/safetensors.js";
import { endingOf, writeWhole } from "./write-file.js";

/** Endings of what a run can be written to. */
export const resultEndings = [".png", ".gif", ".safetensors"] as const;

/**
 * A result as the file's name asks: a strip of frames, an animation, or tensors `sample` and `predictions`, and `clip` where
 * the sample is not the clip itself.
 */
export const writeResult = async (path: string, { clip, latents, predictions = [] }: Result): Promise<void> => {
  if (endingOf(path) === ".safetensors") {
    const [clips, ...inner] = latents.dims;
    const data = new Float32Array(predictions.length * latents.data.length);
    for (const [step, prediction] of predictions.entries()) data.set(prediction, step * latents.data.length);
    const dims = [predictions.length, ...(clips === 1 ? inner : latents.dims)];
    return writeWhole(
      path,
      writeSafetensors([
        ["sample", latents],
        ["predictions", { dims, data }],
        ...(clip.data.length === latents.data.length ? [] : [["clip", clip] as const]),
      ]),
    ); // prettier-ignore
  }
  return writeWhole(path, endingOf(path) === ".gif" ? animation(clip) : strip(clip));
};

/** RGBA bytes of one frame of all clips side by side; fewer than three channels are shown as grey. */
const frameOf = ({ dims, data }: Result["clip"], frame: number, zoom: number) => {
  const [clips, channels, frames, height, width] = dims as [number, number, number, number, number];
  const [outWidth, outHeight] = [clips * width * zoom, height * zoom];
  const pixels = new Uint8Array(outWidth * outHeight * 4);
  for (let y = 0; y < outHeight; y++)
    for (let x = 0; x < outWidth; x++) {
      const [clip, column, row] = [
        Math.floor(x / (width * zoom)),
        Math.floor((x % (width * zoom)) / zoom),
        Math.floor(y / zoom),
      ];
      for (let channel = 0; channel < 3; channel++) {
        const source = channels < 3 ? 0 : channel;
        const value = data[
          (((clip as number) * channels + source) * frames + frame) * height * width +
            (row as number) * width +
            (column as number)
        ] as number;
        pixels[(y * outWidth + x) * 4 + channel] = Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5);
      }
      pixels[(y * outWidth + x) * 4 + 3] = 255;
    }
  return { pixels, width: outWidth, height: outHeight };
};

/** Small frames are shown `most` times as large, frames of 144 pixels and more as they are. */
const framesOf = (clip: Result["clip"], most: number) => {
  const zoom = Math.min(most, Math.max(1, Math.floor(144 / (clip.dims[3] as number))));
  return Array.from({ length: clip.dims[2] as number }, (_, frame) => frameOf(clip, frame, zoom));
};

/** All frames below each other's clips, left to right. */
const strip = (clip: Result["clip"]): Uint8Array => {
  const frames = framesOf(clip, 3);
  const [first] = frames as [(typeof frames)[number]];
  const png = new PNG({ width: first.width * frames.length, height: first.height });
  frames.forEach(({ pixels, width, height }, index) => {
    for (let y = 0; y < height; y++)
      png.data.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), (y * png.width + index * width) * 4);
  });
  return PNG.sync.write(png);
};

const animation = (clip: Result["clip"]): Uint8Array => {
  const gif = gifenc.GIFEncoder();
  for (const { pixels, width, height } of framesOf(clip, 4)) {
    const palette = gifenc.quantize(pixels, 256);
    gif.writeFrame(gifenc.applyPalette(pixels, palette), width, height, { palette, delay: 1000 / clip.fps });
  }
  gif.finish();
  return gif.bytes();
};
