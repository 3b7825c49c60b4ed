/** Width of the Gaussian window: σ 1.5 cut off at 3.5 σ, as scikit-image does with `gaussian_weights`. */
export const ssimWindow = 11;
const sigma = 1.5;
const c1 = 0.01 ** 2;
const c2 = 0.03 ** 2;

const window = (() => {
  const middle = (ssimWindow - 1) / 2;
  const weights = Array.from({ length: ssimWindow }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
})();

/** The Gaussian mean around each pixel whose window lies in the frame: [height, width] → [height − 10, width − 10]. */
const blurred = (image: Float64Array, height: number, width: number): Float64Array => {
  const columns = width - ssimWindow + 1;
  const rows = height - ssimWindow + 1;
  const across = new Float64Array(height * columns);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < columns; x++)
      for (let k = 0; k < ssimWindow; k++)
        across[y * columns + x] =
          (across[y * columns + x] as number) + (window[k] as number) * (image[y * width + x + k] as number);
  const result = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++)
    for (let k = 0; k < ssimWindow; k++)
      for (let x = 0; x < columns; x++)
        result[y * columns + x] =
          (result[y * columns + x] as number) + (window[k] as number) * (across[(y + k) * columns + x] as number);
  return result;
};

const product = (a: Float64Array, b: Float64Array) => a.map((value, i) => value * (b[i] as number));

/**
 * Structural similarity of two images over [0, 1] (Wang et al., IEEE TIP 13(4), 2004), equal to scikit-image's
 * `structural_similarity(…, data_range=1, gaussian_weights=True, use_sample_covariance=False)`; and the mean of its factor for
 * contrast and structure alone, without that for luminance.
 *
 * @param a, b [height, width], both at least 11 × 11
 */
export const ssim = (
  a: Float64Array,
  b: Float64Array,
  height: number,
  width: number,
): { readonly ssim: number; readonly structure: number } => {
  const blur = (image: Float64Array) => blurred(image, height, width);
  const [meanA, meanB, meanAA, meanBB, meanAB] = [a, b, product(a, a), product(b, b), product(a, b)].map(blur) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [whole, structure] = [0, 0];
  for (let i = 0; i < meanA.length; i++) {
    const [x, y] = [meanA[i] as number, meanB[i] as number];
    const covariance = (meanAB[i] as number) - x * y;
    const variances = (meanAA[i] as number) - x * x + (meanBB[i] as number) - y * y;
    const factor = (2 * covariance + c2) / (variances + c2);
    structure += factor;
    whole += ((2 * x * y + c1) / (x * x + y * y + c1)) * factor;
  }
  return { ssim: whole / meanA.length, structure: structure / meanA.length };
};
