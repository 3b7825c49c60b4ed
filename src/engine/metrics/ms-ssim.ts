import { ssim, ssimWindow } from "./ssim.js";

/** Of the scales, finest first (Wang et al. 2003, §3.2). As printed, they sum to 1.0001. */
const weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/** How many scales a frame has room for: each is half as large, and SSIM's window of 11 must lie within. 1 … 5. */
export const msSsimScales = (height: number, width: number): number => {
  const fits = weights.filter((_, scale) => Math.min(height, width) >> scale >= ssimWindow);
  return fits.length;
};

/** Means of 2 × 2 pixels; an odd last row or column is left out. */
const halved = (image: Float64Array, height: number, width: number): Float64Array => {
  const [rows, columns] = [height >> 1, width >> 1];
  const result = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const at = 2 * y * width + 2 * x;
      const [a, b, c, d] = [image[at], image[at + 1], image[at + width], image[at + width + 1]] as [
        number,
        number,
        number,
        number,
      ];
      result[y * columns + x] = (a + b + c + d) / 4;
    }
  return result;
};

/**
 * Multi-scale structural similarity of two images over [0, 1] (Wang, Simoncelli, Bovik, Asilomar 2003): contrast and
 * structure of every scale, and the luminance of the coarsest, each to the power of its weight; negative factors count as 0.
 * Frames smaller than 176 pixels have no room for the five scales of the paper: then it takes those that fit, with the
 * weights of the paper divided by their sum. Equal to pytorch-msssim, which only treats odd
 * rows and columns otherwise (it adds zeros).
 * 0 … 1, 1 is equal, higher is better; symmetric.
 *
 * @param a, b [height, width], both at least 11 × 11
 * @returns it, and the SSIM of the finest scale, which it needs anyhow
 */
export const msSsim = (
  a: Float64Array,
  b: Float64Array,
  height: number,
  width: number,
): { readonly msSsim: number; readonly ssim: number } => {
  const scales = msSsimScales(height, width);
  const used = weights.slice(0, scales);
  const sum = scales === weights.length ? 1 : used.reduce((total, weight) => total + weight, 0);
  let [one, other, high, wide] = [a, b, height, width];
  let [product, first] = [1, Number.NaN];
  for (const [scale, weight] of used.entries()) {
    const found = ssim(one, other, high, wide);
    if (scale === 0) first = found.ssim;
    product *= Math.max(0, scale === scales - 1 ? found.ssim : found.structure) ** (weight / sum);
    [one, other] = [halved(one, high, wide), halved(other, high, wide)];
    [high, wide] = [high >> 1, wide >> 1];
  }
  return { msSsim: product, ssim: first };
};
