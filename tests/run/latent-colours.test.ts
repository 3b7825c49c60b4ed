import { expect, test } from "vitest";
import { latentColours } from "../../src/engine/run/latent-colours.js";
import { sizeOf, type Tensor } from "../../src/engine/tensor.js";
import { ramp } from "../small-files.js";

const decoder = { channels: 2, scale: 0.5, shift: 0.25 };
const weights = [
  [0.2, -0.1],
  [0.05, 0.3],
  [-0.15, 0.1],
] as const;

/** A decoder that is a plane itself: colour = 0.1 + weights · (latents / scale + shift). */
const plane = async ({ dims, data }: Tensor): Promise<Tensor> => {
  const [clips, channels, ...rest] = dims as [number, number, ...number[]];
  const places = sizeOf(rest);
  const out = new Float32Array(clips * 3 * places);
  for (const at of out.keys()) {
    const [clip, colour, place] = [Math.floor(at / places / 3), Math.floor(at / places) % 3, at % places];
    out[at] = (weights[colour] as readonly number[]).reduce((sum, weight, channel) => {
      const latent = data[(clip * channels + channel) * places + place] as number;
      return sum + weight * (latent / decoder.scale + decoder.shift);
    }, 0.1);
  }
  return { dims: [clips, 3, ...rest], data: out };
};

test("colours of latents are a decoder's own where it is a plane", async () => {
  const latents = ramp(2, 2, 3, 4, 5);
  const [found, wanted] = [(await latentColours(decoder, plane))(latents), await plane(latents)];
  expect(found.dims).toEqual(wanted.dims);
  expect([...found.data]).toEqual([...wanted.data].map((value) => expect.closeTo(value, 5)));
});
