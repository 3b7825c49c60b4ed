import { EngineError } from "../errors.js";
import { accept, aTensor } from "../expect.js";
import { sizeOf, type Tensor } from "../tensor.js";
import type { Quality } from "../trace/trace.js";
import { ssim, ssimWindow } from "./ssim.js";

const mismatch = (message: string, hint: string) => new EngineError("input-invalid", message, { hint });

/** Pixels of [−1, 1] as [0, 1]. What lies outside is what a screen cannot show, so it is cut off first. */
const shown = (name: string, { data }: Tensor): Float64Array =>
  Float64Array.from(data, (pixel) => {
    if (Number.isNaN(pixel))
      throw new EngineError("not-finite", `${name} clip holds a pixel that is not a number.`, {
        hint: "Quality can only be measured between finished runs.",
      });
    return Math.min(1, Math.max(-1, pixel)) / 2 + 0.5;
  });

/**
 * How close two clips are, as a viewer gets them: pixels are clamped to [−1, 1] and measured over [0, 1].
 *
 * - `psnr` in dB from the mean square over all pixels; Infinity when the clips are identical.
 * - `ssim` of Wang et al. (2004) with a Gaussian window of 11 and σ 1.5, K1 0.01, K2 0.03, over the pixels whose whole
 *   window lies in the frame: the mean over clips, channels and frames. 1 when identical.
 * - `maxError` over [0, 1].
 *
 * @param a, b pixels in [−1, 1], both [clips, channels, frames, height, width]
 * @throws EngineError "input-invalid" when the shapes differ or a frame is smaller than the window; "not-finite"
 */
export const compareClips = (a: Tensor, b: Tensor): Quality => {
  accept("compareClips", { a: [a, aTensor], b: [b, aTensor] });
  const [height = 0, width = 0] = a.dims.slice(-2);
  if (a.dims.length !== 5 || a.dims.some((dim, axis) => dim !== b.dims[axis]) || b.dims.length !== 5)
    throw mismatch(
      `Clips of shape [${a.dims.join(", ")}] and [${b.dims.join(", ")}] cannot be compared.`,
      "Compare clips of one shape: [clips, channels, frames, height, width].",
    );
  if (height < ssimWindow || width < ssimWindow || sizeOf(a.dims) === 0)
    throw mismatch(
      `SSIM needs frames of at least ${ssimWindow} × ${ssimWindow} pixels; these are ${height} × ${width}.`,
      "Compare larger frames.",
    );
  const [first, second] = [shown("The first", a), shown("The second", b)];
  let squares = 0;
  let maxError = 0;
  for (let i = 0; i < first.length; i++) {
    const error = Math.abs((first[i] as number) - (second[i] as number));
    squares += error * error;
    maxError = Math.max(maxError, error);
  }
  let similarity = 0;
  const size = height * width;
  for (let start = 0; start < first.length; start += size)
    similarity += ssim(first.subarray(start, start + size), second.subarray(start, start + size), height, width);
  return {
    psnr: squares === 0 ? Number.POSITIVE_INFINITY : -10 * Math.log10(squares / first.length),
    ssim: (similarity * size) / first.length,
    maxError,
  };
};

/**
 * For `JSON.stringify(trace, writeInfinity)`. JSON has no Infinity and JSON.stringify would write null, so the PSNR of
 * identical clips is written as the largest finite number, 1.7976931348623157e308. Every reader still finds a number
 * there that is larger than any threshold.
 */
export const writeInfinity = (_key: string, value: unknown): unknown =>
  value === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : value;

/** For `JSON.parse(text, readInfinity)`: undoes `writeInfinity`. */
export const readInfinity = (_key: string, value: unknown): unknown =>
  value === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : value;
