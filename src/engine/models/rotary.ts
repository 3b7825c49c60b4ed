import type { Tensor } from "../tensor.js";

/** Positions of tokens along the axes of a rotary embedding, one list per token. */
export type Positions = readonly (readonly number[])[];

/** Ids of the patches of a video, frame by frame and row by row: (frame, row, column), each moved by `from`. */
export const gridPositions = (
  frames: number,
  rows: number,
  columns: number,
  from: readonly number[] = [0, 0, 0],
): Positions =>
  Array.from({ length: frames * rows * columns }, (_, index) => [
    Math.floor(index / (rows * columns)) + (from[0] as number),
    (Math.floor(index / columns) % rows) + (from[1] as number),
    (index % columns) + (from[2] as number),
  ]);

/**
 * Cosines and sines of rotary positions, [1, tokens, 1, Σ axes]: each pair of channels of an axis of `width` channels
 * turns by id · θ^(−2i/width).
 */
export const rotaryTables = (ids: Positions, axes: readonly number[], theta = 10000) => {
  const channels = axes.reduce((sum, axis) => sum + axis, 0);
  const dims = [1, ids.length, 1, channels];
  const [cos, sin] = [new Float32Array(ids.length * channels), new Float32Array(ids.length * channels)];
  let at = 0;
  for (const id of ids)
    for (const [axis, width] of axes.entries())
      for (let channel = 0; channel < width; channel++, at++) {
        const angle = (id[axis] as number) / theta ** ((channel - (channel % 2)) / width);
        cos[at] = Math.cos(angle);
        sin[at] = Math.sin(angle);
      }
  return { cos: { dims, data: cos }, sin: { dims, data: sin } };
};

/** x · turn swaps each pair of channels and negates the first: (a, b) → (−b, a). */
export const quarterTurn = (channels: number): Tensor => {
  const data = new Float32Array(channels * channels);
  for (let pair = 0; pair < channels; pair += 2) {
    data[pair * channels + pair + 1] = 1;
    data[(pair + 1) * channels + pair] = -1;
  }
  return { dims: [channels, channels], data };
};
