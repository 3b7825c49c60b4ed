import type { Decoder } from "../decoders/decoder.js";
import type { Tensor } from "../tensor.js";

/** Latents on a side of a probe: its middle has all its neighbours. */
const side = 3;

const bounded = (value: number): number => Math.min(1, Math.max(-1, value));

/**
 * What makes a small picture of latents in no time: [clips, channels, frames, H, W] → [clips, 3, frames, H, W]. Each place has
 * the colour of a plane through what the decoder makes of probes: zeros everywhere, and one channel at 1 or −1.
 *
 * @param decode the decoder's own, of latents as a run has them
 */
export const latentColours = async (
  { channels, scale, shift }: Pick<Decoder, "channels" | "scale" | "shift">,
  decode: (latents: Tensor) => Promise<Tensor>,
): Promise<(latents: Tensor) => Tensor> => {
  const [probes, area] = [1 + 2 * channels, side * side];
  /** As the decoder takes it: zeros, then for each channel 1 and −1. */
  const valueAt = (channel: number, probe: number): number =>
    probe > 0 && (probe - 1) >> 1 === channel ? (probe % 2 ? 1 : -1) : 0;
  const data = Float32Array.from({ length: channels * probes * area }, (_, at) => {
    const row = Math.floor(at / area);
    return (valueAt(Math.floor(row / probes), row % probes) - shift) * scale;
  });
  const pixels = await decode({ dims: [1, channels, probes, side, side], data });
  const size = pixels.data.length / (3 * probes);
  const mean = (probe: number, colour: number): number => {
    const at = (colour * probes + probe) * size;
    return pixels.data.subarray(at, at + size).reduce((sum, value) => sum + bounded(value), 0) / size;
  };
  const planes = [0, 1, 2].map((colour) => {
    const slopes = Array.from(
      { length: channels },
      (_, channel) => (mean(1 + 2 * channel, colour) - mean(2 + 2 * channel, colour)) / 2 / scale,
    );
    return { slopes, base: mean(0, colour) + slopes.reduce((sum, slope) => sum + slope * shift * scale, 0) };
  });
  return ({ dims, data: latents }) => {
    const [clips, , ...frames] = dims as [number, number, ...number[]];
    const places = latents.length / clips / channels;
    const colours = Float32Array.from({ length: clips * 3 * places }, (_, at) => {
      const [clip, place] = [Math.floor(at / (3 * places)), at % places];
      const { slopes, base } = planes[Math.floor(at / places) % 3] as (typeof planes)[number];
      return slopes.reduce(
        (sum, slope, channel) => sum + slope * (latents[(clip * channels + channel) * places + place] as number),
        base,
      );
    });
    return { dims: [clips, 3, ...frames], data: colours };
  };
};
