import type { Tensor } from "../tensor.js";

/**
 * Sinusoidal embedding of a timestep, [1, channels]: cosines, then sines (diffusers' `Timesteps` with
 * flip_sin_to_cos and downscale_freq_shift 0).
 *
 * The products are rounded to float32 where diffusers rounds them: timestep · frequency reaches 1000, and a float64
 * product would differ by 3e-5 in every cosine.
 */
export const timestepEmbedding = (timestep: number, channels: number): Tensor => {
  const half = channels / 2;
  const data = new Float32Array(channels);
  const slope = Math.fround(-Math.log(10000));
  for (let index = 0; index < half; index++) {
    const frequency = Math.fround(Math.exp(Math.fround(Math.fround(slope * index) / half)));
    const angle = Math.fround(Math.fround(timestep) * frequency);
    data[index] = Math.cos(angle);
    data[half + index] = Math.sin(angle);
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
 * Cosines and sines of FLUX's rotary positions, [1, text + rows · columns, 1, Σ axes]. Ids are (0, row, column), and
 * (0, 0, 0) for text; each pair of channels of an axis turns by id · 10000^(−2i/axis).
 */
export const rotaryTables = (text: number, rows: number, columns: number, axes: readonly number[]) => {
  const channels = axes.reduce((sum, axis) => sum + axis, 0);
  const count = text + rows * columns;
  const dims = [1, count, 1, channels];
  const [cos, sin] = [new Float32Array(count * channels), new Float32Array(count * channels)];
  for (let position = 0; position < count; position++) {
    const patch = position - text;
    const ids = patch < 0 ? [0, 0, 0] : [0, Math.floor(patch / columns), patch % columns];
    let at = position * channels;
    for (const [axis, width] of axes.entries())
      for (let channel = 0; channel < width; channel++, at++) {
        const angle = (ids[axis] as number) / 10000 ** ((channel - (channel % 2)) / width);
        cos[at] = Math.cos(angle);
        sin[at] = Math.sin(angle);
      }
  }
  return { cos: { dims, data: cos }, sin: { dims, data: sin } };
};
