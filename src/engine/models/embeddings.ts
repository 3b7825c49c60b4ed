import type { Tensor } from "../tensor.js";

/** diffusers' arguments of `Timesteps` under their names there; these are its most frequent ones. */
export interface TimestepOptions {
  readonly freqShift?: number;
  readonly flipSinToCos?: boolean;
  readonly scale?: number;
}

/**
 * Sinusoidal embedding of a timestep, [1, channels]: cosines, then sines (diffusers' `Timesteps`), or the other way
 * round.
 *
 * The products are rounded to float32 where diffusers rounds them: timestep · frequency reaches 1000, and a float64
 * product would differ by 3e-5 in every cosine.
 */
export const timestepEmbedding = (
  timestep: number,
  channels: number,
  { freqShift = 0, flipSinToCos = true, scale = 1 }: TimestepOptions = {},
): Tensor => {
  const half = channels / 2;
  const data = new Float32Array(channels);
  const slope = Math.fround(-Math.log(10000));
  for (let index = 0; index < half; index++) {
    const frequency = Math.fround(Math.exp(Math.fround(Math.fround(slope * index) / (half - freqShift))));
    const angle = Math.fround(scale * Math.fround(Math.fround(timestep) * frequency));
    data[index] = flipSinToCos ? Math.cos(angle) : Math.sin(angle);
    data[half + index] = flipSinToCos ? Math.sin(angle) : Math.cos(angle);
  }
  return { dims: [1, channels], data };
};

/** sin then cos of position · 10000^(−2i/channels), written at `data[offset …]` (diffusers' 1-D sincos embedding). */
const writeSinCos = (data: Float32Array, offset: number, channels: number, position: number): void => {
  const half = channels / 2;
  for (let index = 0; index < half; index++) {
    const angle = position / 10000 ** (index / half);
    data[offset + index] = Math.sin(angle);
    data[offset + half + index] = Math.cos(angle);
  }
};

/** Embedding of the positions 0 … count − 1, [1, count, channels]. */
export const positions1d = (count: number, channels: number): Tensor => {
  const data = new Float32Array(count * channels);
  for (let position = 0; position < count; position++) writeSinCos(data, position * channels, channels, position);
  return { dims: [1, count, channels], data };
};

/**
 * Embedding of a grid of patches, [1, height · width, channels]: the column in the first half of the channels, the
 * row in the second. `base` is the grid of training: other sizes are stretched to it (diffusers' `PatchEmbed`).
 */
export const positions2d = (
  height: number,
  width: number,
  channels: number,
  { base, scale }: { readonly base: number; readonly scale: number },
): Tensor => {
  const data = new Float32Array(height * width * channels);
  const stretch = (index: number, count: number): number =>
    Math.fround(Math.fround(index / Math.fround(count / base)) / scale);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const offset = (row * width + column) * channels;
      writeSinCos(data, offset, channels / 2, stretch(column, width));
      writeSinCos(data, offset + channels / 2, channels / 2, stretch(row, height));
    }
  return { dims: [1, height * width, channels], data };
};

/**
 * Embedding of a video's patches, [1, frames · height · width, channels]: the frame in the first quarter of the channels,
 * then column and row in three eighths each (diffusers' `get_3d_sincos_pos_embed`).
 */
export const positions3d = (
  [frames, height, width]: readonly [frames: number, height: number, width: number],
  channels: number,
  { spatial, temporal }: { readonly spatial: number; readonly temporal: number },
): Tensor => {
  const data = new Float32Array(frames * height * width * channels);
  const [quarter, side] = [channels / 4, (3 * channels) / 8];
  let offset = 0;
  for (let frame = 0; frame < frames; frame++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++, offset += channels) {
        writeSinCos(data, offset, quarter, Math.fround(frame / temporal));
        writeSinCos(data, offset + quarter, side, Math.fround(column / spatial));
        writeSinCos(data, offset + quarter + side, side, Math.fround(row / spatial));
      }
  return { dims: [1, frames * height * width, channels], data };
};
