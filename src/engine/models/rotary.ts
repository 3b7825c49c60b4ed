import { linspace32 } from "../schedulers/spacing.js";
import { sizeOf, type Tensor } from "../tensor.js";

/** Positions of tokens along the axes of a rotary embedding, one list per token. */
export type Positions = readonly (readonly number[])[];

/** Cosines and sines of the angles by which the channels of each token turn, [1, tokens, heads or 1, width]. */
export interface RotaryTables {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

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
export const rotaryTables = (ids: Positions, axes: readonly number[], theta = 10000): RotaryTables => {
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

/** Tables of the shape `dims` over the angle of each token's channel; channels count across heads. */
const tablesOf = (dims: readonly number[], angle: (token: number, channel: number) => number): RotaryTables => {
  const numbers = sizeOf(dims);
  const channels = numbers / (dims[1] as number);
  const [cos, sin] = [new Float32Array(numbers), new Float32Array(numbers)];
  for (let at = 0; at < numbers; at++) {
    const turn = angle(Math.floor(at / channels), at % channels);
    cos[at] = Math.cos(turn);
    sin[at] = Math.sin(turn);
  }
  return { cos: { dims, data: cos }, sin: { dims, data: sin } };
};

/**
 * LTX-Video's rotary positions, [1, tokens, heads, width]: angles go across the whole width, the axes taking turns from
 * pair to pair, over frequencies from π/2 to 10000 · π/2; channels at the front that no frequency is left for do not turn.
 * `positions` are fractions of a base clip. Rounded to float32 wherever diffusers rounds: angles reach 15708, where the
 * next float32 is 1e-3 away.
 */
export const fractionalTables = (positions: Positions, heads: number, width: number): RotaryTables => {
  const channels = heads * width;
  const count = Math.floor(channels / 6);
  const frequencies = [...linspace32(0, 1, count)].map(
    (exponent) => Math.fround(Math.fround(10000 ** exponent) * Math.fround(Math.PI)) / 2,
  );
  const still = channels % 6;
  return tablesOf([1, positions.length, heads, width], (token, channel) => {
    const pair = Math.floor((channel - still) / 2);
    if (pair < 0) return 0;
    const position = (positions[token] as readonly number[])[pair % 3] as number;
    return Math.fround((frequencies[Math.floor(pair / 3)] as number) * Math.fround(2 * position - 1));
  });
};

/**
 * Positions of a video's patches as Mochi has them: (frame, row, column), rows and columns from the middle, stretched so
 * that a picture's area is that of training. Rounded to float32 as diffusers rounds.
 */
export const centredPositions = (frames: number, rows: number, columns: number, area: number): Positions => {
  const scale = Math.sqrt(area / (rows * columns));
  const centres = (count: number): readonly number[] => {
    const edges = linspace32((-count * scale) / 2, (count * scale) / 2, count + 1);
    return Array.from({ length: count }, (_, i) =>
      Math.fround(Math.fround((edges[i] as number) + (edges[i + 1] as number)) / 2),
    );
  };
  const [down, across] = [centres(rows), centres(columns)];
  return gridPositions(frames, rows, columns).map(([frame, row, column]) => [
    frame as number,
    down[row as number] as number,
    across[column as number] as number,
  ]);
};

/**
 * Rotary tables [1, tokens, heads, width] over learned frequencies [axes, heads, width / 2]: a pair of channels turns by
 * the sum over the axes of position · frequency.
 */
export const learnedTables = (positions: Positions, { dims, data }: Tensor): RotaryTables => {
  const [, heads, pairs] = dims as [number, number, number];
  return tablesOf([1, positions.length, heads, 2 * pairs], (token, channel) =>
    (positions[token] as readonly number[]).reduce(
      (angle, position, axis) => angle + position * (data[axis * heads * pairs + (channel >> 1)] as number),
      0,
    ),
  );
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
