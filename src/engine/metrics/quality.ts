import { EngineError } from "../errors.js";
import { accept, aTensor, oneOf } from "../expect.js";
import type { Tensor } from "../tensor.js";
import type { Quality } from "../trace/trace.js";
import { flipMap } from "./flip.js";
import { msSsim, msSsimScales } from "./ms-ssim.js";
import { type Shown, shownPair } from "./pixels.js";
import { ssimWindow } from "./ssim.js";
import { temporal, temporalMap } from "./temporal.js";

/** FLIP of every frame, [clips, 1, frames, height, width]; grey counts as three equal channels. */
const flipOf = (reference: Shown, clip: Shown): Float32Array | undefined => {
  const [clips, channels, frames, height, width] = reference.dims;
  if (channels !== 1 && channels !== 3) return undefined; // latents, which nobody sees
  const size = height * width;
  const map = new Float32Array(clips * frames * size);
  const planes = ({ data }: Shown, which: number, frame: number): readonly Float64Array[] =>
    [0, 1, 2].map((channel) => {
      const plane = (which * channels + Math.min(channel, channels - 1)) * frames + frame;
      return data.subarray(plane * size, (plane + 1) * size);
    });
  for (let which = 0; which < clips; which++)
    for (let frame = 0; frame < frames; frame++)
      map.set(
        flipMap(planes(reference, which, frame), planes(clip, which, frame), { height, width }),
        (which * frames + frame) * size,
      );
  return map;
};

/** FLIP takes most of a comparison's time, and a table compares many a clip with itself. */
const equalClips = ([, channels, frames]: Shown["dims"], scales: number): Quality => ({
  ...{ psnr: Number.POSITIVE_INFINITY, ssim: 1, maxError: 0, msSsim: 1, msSsimScales: scales },
  ...(frames > 1 ? { temporalError: 0, flickerIndex: 0 } : {}),
  ...(channels === 1 || channels === 3 ? { flip: 0 } : {}),
});

const mean = (values: Float32Array): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/**
 * How close a clip comes to its reference, as a viewer gets them: pixels are clamped to [−1, 1] and measured over [0, 1].
 *
 * - `psnr` in dB from the mean square over all pixels; Infinity when the clips are identical.
 * - `ssim` of Wang et al. (2004) with a Gaussian window of 11 and σ 1.5, K1 0.01, K2 0.03, over the pixels whose whole
 *   window lies in the frame: the mean over clips, channels and frames. 1 when identical.
 * - `maxError` over [0, 1].
 * - `msSsim` of Wang et al. (2003) on `msSsimScales` scales, the mean over clips, channels and frames.
 * - `temporalError` and `flickerIndex` where there are two frames or more; `flip` where there are one or three channels,
 *   the mean over pixels and frames.
 *
 * A clip of 8 frames of 48 × 48 takes less than 0.1 s; FLIP is most of it.
 *
 * @param reference, clip pixels in [−1, 1], both [clips, channels, frames, height, width]
 * @throws EngineError "input-invalid" when the shapes differ or a frame is smaller than the window; "not-finite"
 */
export const compareClips = (reference: Tensor, clip: Tensor): Quality => {
  accept("compareClips", { reference: [reference, aTensor], clip: [clip, aTensor] });
  const [height = 0, width = 0] = reference.dims.slice(-2);
  const [first, second] = shownPair(reference, clip);
  if (height < ssimWindow || width < ssimWindow)
    throw new EngineError(
      "input-invalid",
      `SSIM needs frames of at least ${ssimWindow} × ${ssimWindow} pixels; these are ${height} × ${width}.`,
      { hint: "Compare larger frames." },
    );
  const [a, b] = [first.data, second.data];
  let squares = 0;
  let maxError = 0;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs((a[i] as number) - (b[i] as number));
    squares += error * error;
    maxError = Math.max(maxError, error);
  }
  const scales = msSsimScales(height, width);
  if (maxError === 0) return equalClips(first.dims, scales);
  let [similarity, manyScales] = [0, 0];
  const size = height * width;
  for (let start = 0; start < a.length; start += size) {
    const found = msSsim(a.subarray(start, start + size), b.subarray(start, start + size), height, width);
    similarity += found.ssim;
    manyScales += found.msSsim;
  }
  const flip = flipOf(first, second);
  return {
    psnr: squares === 0 ? Number.POSITIVE_INFINITY : -10 * Math.log10(squares / a.length),
    ssim: (similarity * size) / a.length,
    maxError,
    msSsim: (manyScales * size) / a.length,
    msSsimScales: scales,
    ...temporal(first, second),
    ...(flip ? { flip: mean(flip) } : {}),
  };
};

/**
 * Where a clip differs from its reference, pixel by pixel: [clips, 1, frames, height, width], 0 where it does not.
 *
 * - "flip" is FLIP, 0 … 1: what is seen when both are shown in turn.
 * - "temporal" is √mean over channels of (e − e₋₁)², 0 … 2, for the error e over [0, 1]: what moves otherwise than in the
 *   reference since the frame before; 0 in the first frame.
 *
 * @param reference, clip pixels in [−1, 1], both [clips, channels, frames, height, width]
 * @throws EngineError "input-invalid" when the shapes differ, or for FLIP of other than one or three channels; "not-finite"
 */
export const errorMap = (reference: Tensor, clip: Tensor, measure: "flip" | "temporal"): Tensor => {
  accept("errorMap", {
    reference: [reference, aTensor],
    clip: [clip, aTensor],
    measure: [measure, oneOf("flip", "temporal")],
  });
  const [first, second] = shownPair(reference, clip);
  const [clips, channels, ...rest] = first.dims;
  const data = measure === "temporal" ? temporalMap(first, second) : flipOf(first, second);
  if (!data)
    throw new EngineError("input-invalid", `FLIP compares pictures of 1 or 3 channels; these have ${channels}.`, {
      hint: "Compare decoded clips.",
    });
  return { dims: [clips, 1, ...rest], data };
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
