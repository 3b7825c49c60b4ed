import type { Tensor } from "../tensor.js";

/** [B, C, F, H, W] → [B, F · H/p · W/p, C·p²]: packs of p × p, frame by frame and rows first; inside a pack channel, row, column. */
export const packed = ({ dims, data }: Tensor, pack: number): Tensor => {
  const [clips, channels, frames, height, width] = dims as [number, number, number, number, number];
  const tokens = new Float32Array(data.length);
  visit(dims, pack, (flat, at) => {
    tokens[at] = data[flat] as number;
  });
  return { dims: [clips, frames * (height / pack) * (width / pack), channels * pack ** 2], data: tokens };
};

/** The inverse of {@link packed}, into the shape `dims`. */
export const unpacked = (data: Float32Array, dims: readonly number[], pack: number): Tensor => {
  const flat = new Float32Array(data.length);
  visit(dims, pack, (to, at) => {
    flat[to] = data[at] as number;
  });
  return { dims, data: flat };
};

/** Calls `move` with the place of every number before and after packing. */
const visit = (dims: readonly number[], pack: number, move: (flat: number, packed: number) => void): void => {
  const [clips, channels, frames, height, width] = dims as [number, number, number, number, number];
  let at = 0;
  for (let clip = 0; clip < clips; clip++)
    for (let frame = 0; frame < frames; frame++)
      for (let row = 0; row < height; row += pack)
        for (let column = 0; column < width; column += pack)
          for (let channel = 0; channel < channels; channel++)
            for (let y = 0; y < pack; y++)
              for (let x = 0; x < pack; x++)
                move((((clip * channels + channel) * frames + frame) * height + row + y) * width + column + x, at++);
};
