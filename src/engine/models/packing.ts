import type { Tensor } from "../tensor.js";

/** [B, C, F, H, W] with one frame → [B, H/2 · W/2, 4·C]: packs of 2×2, rows first; inside a pack channel, row, column. */
export const pack2x2 = ({ dims, data }: Tensor): Tensor => {
  const [clips, channels, , height, width] = dims as [number, number, number, number, number];
  const packed = new Float32Array(data.length);
  visit(clips, channels, height, width, (flat, at) => {
    packed[at] = data[flat] as number;
  });
  return { dims: [clips, (height / 2) * (width / 2), channels * 4], data: packed };
};

/** The inverse of {@link pack2x2}, into the shape `dims`. */
export const unpack2x2 = (data: Float32Array, dims: readonly number[]): Tensor => {
  const [clips, channels, , height, width] = dims as [number, number, number, number, number];
  const flat = new Float32Array(data.length);
  visit(clips, channels, height, width, (to, at) => {
    flat[to] = data[at] as number;
  });
  return { dims, data: flat };
};

/** Calls `move` with the place of every number before and after packing. */
const visit = (
  clips: number,
  channels: number,
  height: number,
  width: number,
  move: (flat: number, packed: number) => void,
): void => {
  let packed = 0;
  for (let clip = 0; clip < clips; clip++)
    for (let row = 0; row < height; row += 2)
      for (let column = 0; column < width; column += 2)
        for (let channel = 0; channel < channels; channel++)
          for (let y = 0; y < 2; y++)
            for (let x = 0; x < 2; x++)
              move(((clip * channels + channel) * height + row + y) * width + column + x, packed++);
};
