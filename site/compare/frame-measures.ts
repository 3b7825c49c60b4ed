import { compareClips, errorMap, type Quality, type Tensor } from "diffusion-cache";

/** One frame against the same frame of the reference; what belongs to two frames is of this one and the one before. */
export type FrameMeasures = Pick<
  Quality,
  "psnr" | "ssim" | "msSsim" | "msSsimScales" | "flip" | "maxError" | "temporalError" | "flickerIndex"
>;

const squareOf = (psnr: number): number => 10 ** (-psnr / 10);
const decibels = (square: number): number => (square === 0 ? Number.POSITIVE_INFINITY : -10 * Math.log10(square));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Two frames as a clip: [1, channels, 2, height, width]. */
const after = (before: Tensor, frame: Tensor): Tensor => {
  const [, channels = 0, , height = 0, width = 0] = frame.dims;
  const size = height * width;
  const data = new Float32Array(2 * frame.data.length);
  for (let channel = 0; channel < channels; channel++)
    for (const [at, { data: from }] of [before, frame].entries())
      data.set(from.subarray(channel * size, (channel + 1) * size), (2 * channel + at) * size);
  return { dims: [1, channels, 2, height, width], data };
};

/** Mean square over channels and pixels of how the error changed since the frame before. */
const changeOf = (reference: Tensor, clip: Tensor): number => {
  const map = errorMap(reference, clip, "temporal").data as Float32Array;
  const last = map.subarray(map.length / 2);
  return last.reduce((sum, value) => sum + value * value, 0) / last.length;
};

/**
 * Measures a clip frame by frame, so that no more than two frames of each are held at once: a film of real size would not
 * fit whole. The total is what `compareClips` says of both clips as one.
 */
export const frameMeasures = () => {
  const frames: FrameMeasures[] = [];
  let before: { readonly reference: Tensor; readonly clip: Tensor } | undefined;
  const changes: number[] = [];
  const pairs: number[] = [];
  return {
    /** @param reference, clip the next frame of both, [1, 3, 1, height, width] in [−1, 1] */
    add(reference: Tensor, clip: Tensor): FrameMeasures {
      const found = compareClips(reference, clip);
      let measures: FrameMeasures = found;
      if (before) {
        const change = changeOf(after(before.reference, reference), after(before.clip, clip));
        const both = squareOf(frames.at(-1)?.psnr as number) + squareOf(found.psnr);
        changes.push(change);
        pairs.push(both);
        const flickerIndex = both === 0 ? 0 : change / (2 * both);
        measures = { ...found, temporalError: Math.sqrt(change), flickerIndex };
      }
      before = { reference, clip };
      frames.push(measures);
      return measures;
    },
    /** Of all frames so far; there must be one. */
    total(): FrameMeasures {
      const over = (name: "ssim" | "msSsim" | "flip"): number => mean(frames.map((frame) => frame[name] as number));
      const all = pairs.reduce((sum, pair) => sum + pair, 0);
      const time =
        changes.length === 0
          ? {}
          : {
              temporalError: Math.sqrt(mean(changes)),
              flickerIndex: all === 0 ? 0 : changes.reduce((sum, change) => sum + change, 0) / (2 * all),
            };
      return {
        psnr: decibels(mean(frames.map(({ psnr }) => squareOf(psnr)))),
        ssim: over("ssim"),
        msSsim: over("msSsim"),
        msSsimScales: frames[0]?.msSsimScales as number,
        flip: over("flip"),
        maxError: Math.max(...frames.map(({ maxError }) => maxError)),
        ...time,
      };
    },
  };
};
