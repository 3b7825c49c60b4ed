import type { Shown } from "./pixels.js";

/** What a clip does between frames that the other does not; not there for a single frame. */
export interface Temporal {
  readonly temporalError: number;
  readonly flickerIndex: number;
}

/** What sums over every two neighbouring frames: the error's change, and its size in both of them. */
const overPairs = (
  { dims, data }: Shown,
  test: Float64Array,
  add: (change: number, before: number, after: number, at: number) => void,
): void => {
  const [clips, channels, frames, height, width] = dims;
  const size = height * width;
  for (let plane = 0; plane < clips * channels; plane++)
    for (let at = (plane * frames + 1) * size; at < (plane + 1) * frames * size; at++) {
      const before = (test[at - size] as number) - (data[at - size] as number);
      const after = (test[at] as number) - (data[at] as number);
      add(after - before, before, after, at);
    }
};

/**
 * Temporal error and flicker index of a clip against its reference, with e = clip − reference over [0, 1].
 *
 * - `temporalError` √mean (e₊₁ − e)², the difference of frame differences over all pixels, channels and neighbouring
 *   frames: dtSSD of Erofeev et al. (Perceptually Motivated Benchmark for Video Matting, BMVC 2015), as a root mean square
 *   so that it does not grow with the frame. 0 … 2, lower is better; symmetric. An error that does not move counts nothing.
 * - `flickerIndex` Σ (e₊₁ − e)² / 2 Σ (e² + e₊₁²): the share of the error that changes from frame to frame, which is half of
 *   1 − ρ for the error's correlation ρ with itself a frame later (the ratio of Durbin and Watson, Biometrika 37, 1950, in
 *   [0, 1]). 0 for an error that stands still and where there is none, 0.5 for one that is new in every frame, 1 for one
 *   that changes its sign; symmetric. It says nothing of how large the error is.
 *
 * @returns undefined for clips of one frame
 */
export const temporal = (reference: Shown, clip: Shown): Temporal | undefined => {
  if (reference.dims[2] < 2) return undefined;
  let [changes, sizes, count] = [0, 0, 0];
  overPairs(reference, clip.data, (change, before, after) => {
    changes += change * change;
    sizes += before * before + after * after;
    count += 1;
  });
  return { temporalError: Math.sqrt(changes / count), flickerIndex: sizes === 0 ? 0 : changes / (2 * sizes) };
};

/** Where it is: for each pixel √mean over channels of (e − e₋₁)², [clips, 1, frames, height, width]; 0 in the first frame. */
export const temporalMap = (reference: Shown, clip: Shown): Float32Array => {
  const [clips, channels, frames, height, width] = reference.dims;
  const size = frames * height * width;
  const map = new Float32Array(clips * size);
  overPairs(reference, clip.data, (change, _, __, at) => {
    const pixel = Math.floor(at / (channels * size)) * size + (at % size);
    map[pixel] = (map[pixel] as number) + (change * change) / channels;
  });
  return map.map(Math.sqrt);
};
