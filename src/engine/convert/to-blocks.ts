import { type Bits, blockSize } from "../files/bit-blocks.js";

/** Whether a matrix of this shape can be cut into blocks. */
export const hasBlocks = (dims: readonly number[]): boolean =>
  dims.length === 2 && (dims[1] as number) % blockSize === 0;

/**
 * The nearest numbers of so many bits, and their scales. In 8 bits the largest weight of a block is 127 steps from the
 * middle; in 4 bits, where one step more counts, it is 8 steps below it, and a scale may be negative.
 */
export const toBlocks = (
  weights: Float32Array,
  bits: Bits,
): { readonly numbers: Uint8Array; readonly scales: Float32Array } => {
  const numbers = new Uint8Array((weights.length * bits) / 8);
  const scales = new Float32Array(weights.length / blockSize);
  const middle = 2 ** (bits - 1);
  for (let block = 0; block < scales.length; block++) {
    const [from, to] = [block * blockSize, (block + 1) * blockSize];
    let most = 0;
    for (let at = from; at < to; at++) {
      const weight = weights[at] as number;
      if (Math.abs(weight) > Math.abs(most)) most = weight;
    }
    const scale = Math.fround(bits === 8 ? Math.abs(most) / (middle - 1) : most / -middle) || 1;
    scales[block] = scale;
    for (let at = from; at < to; at++) {
      const number = Math.min(Math.round((weights[at] as number) / scale) + middle, 2 * middle - 1);
      if (bits === 8) numbers[at] = number;
      else numbers[at >> 1] = (numbers[at >> 1] as number) | (number << (at % 2 ? 4 : 0));
    }
  }
  return { numbers, scales };
};
