import type { Masks } from "./masks.js";
import { periods, shapes, silhouette, unitArea } from "./silhouettes.js";

/** The course of an object over a clip, a number per frame. Lengths are fractions of a frame's side. */
export interface Course {
  readonly area: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly radius: readonly number[];
  readonly degrees: readonly number[];
}

interface Moments {
  readonly area: number;
  readonly x: number;
  readonly y: number;
}

const angleStep = 6;
/** Of completing what is hidden. */
const rounds = 8;
/** Share of a frame below which nothing is to be seen: five pixels of 48 × 48. */
export const least = 0.002;

const momentsOf = (mask: Float32Array, side: number): Moments => {
  let [sum, x, y] = [0, 0, 0];
  for (const [index, value] of mask.entries()) {
    sum += value;
    x += value * (((index % side) + 0.5) / side);
    y += value * ((Math.floor(index / side) + 0.5) / side);
  }
  return { area: sum / mask.length, x: x / Math.max(1e-6, sum), y: y / Math.max(1e-6, sum) };
};

/** Soft intersection over union, of what the other object does not hide. */
const overlapOf = (drawn: Float32Array, mask: Float32Array, hidden: Float32Array): number => {
  let [both, either] = [0, 0];
  for (let index = 0; index < drawn.length; index++) {
    const seen = 1 - (hidden[index] as number);
    both += seen * Math.min(drawn[index] as number, mask[index] as number);
    either += seen * Math.max(drawn[index] as number, mask[index] as number);
  }
  return both / Math.max(1e-6, either);
};

const drawnAt = (shape: string, { area, x, y }: Moments, degrees: number, side: number): Float32Array =>
  silhouette(shape, { x, y, r: Math.sqrt(area / unitArea(shape)), degrees }, side);

/** The shape that overlaps best over the clear frames, and its angle in each frame. */
const fitOf = (masks: Masks, hidden: Masks, moments: readonly Moments[], clear: readonly boolean[], side: number) => {
  const fits = Object.keys(shapes).map((shape) => {
    const period = periods[shape] as number;
    const candidates =
      period === 360 ? [0] : Array.from({ length: period / angleStep }, (_, index) => index * angleStep);
    const frames = moments.map((one, frame) =>
      candidates
        .map((degrees) => ({
          degrees,
          overlap: overlapOf(
            drawnAt(shape, one, degrees, side),
            masks[frame] as Float32Array,
            hidden[frame] as Float32Array,
          ),
        }))
        .reduce((best, one) => (one.overlap > best.overlap ? one : best)),
    );
    return { shape, frames, overlap: frames.reduce((sum, one, frame) => sum + (clear[frame] ? one.overlap : 0), 0) };
  });
  const { shape, frames } = fits.reduce((best, one) => (one.overlap > best.overlap ? one : best));
  return { shape, degrees: frames.map((one) => one.degrees) };
};

/** Values with straight lines over the frames in which nothing was seen. */
const bridged = (values: readonly number[], seen: readonly boolean[]): number[] =>
  values.map((value, frame) => {
    if (seen[frame]) return value;
    const before = seen.lastIndexOf(true, frame);
    const after = seen.indexOf(true, frame);
    const [from, to] = [before < 0 ? after : before, after < 0 ? before : after];
    const share = from === to ? 0 : (frame - from) / (to - from);
    return (values[from] as number) * (1 - share) + (values[to] as number) * share;
  });

/** An object that another covers in up to half of the frames is taken to go on under it. */
const carriedOn = (moments: readonly Moments[]): readonly Moments[] => {
  const seen = moments.map(({ area }) => area > least);
  if (seen.every(Boolean) || seen.filter(Boolean).length < seen.length / 2) return moments;
  const [area, x, y] = (["area", "x", "y"] as const).map((name) =>
    bridged(
      moments.map((one) => one[name]),
      seen,
    ),
  );
  return moments.map((_, frame) => ({
    area: area?.[frame] as number,
    x: x?.[frame] as number,
    y: y?.[frame] as number,
  }));
};

/**
 * Follows an object by its masks: centre and area from the first moments, shape and angle by the best overlap with
 * silhouettes drawn there. Where another object touches, the silhouette that fits outside of it tells what is hidden, by
 * turns with the moments.
 */
export const courseOf = (masks: Masks, hidden: Masks, side: number): Course & { readonly shape: string } => {
  let moments: readonly Moments[] = masks.map((mask) => momentsOf(mask, side));
  const touched = hidden.map((mask) => mask.some((value) => value > 0));
  const some = touched.filter((one) => !one).length >= 2; // else what is seen must do
  const clear = touched.map((one) => !(one && some));
  let fit = fitOf(masks, hidden, moments, clear, side);
  if (touched.some(Boolean)) {
    for (let round = 0; round < rounds; round++)
      moments = masks.map((mask, frame) => {
        if (!touched[frame]) return moments[frame] as Moments;
        const drawn = drawnAt(fit.shape, moments[frame] as Moments, fit.degrees[frame] as number, side);
        const other = hidden[frame] as Float32Array;
        return momentsOf(
          mask.map((value, at) => Math.max(value, Math.min(drawn[at] as number, other[at] as number))),
          side,
        );
      });
    moments = carriedOn(moments);
    fit = fitOf(masks, hidden, moments, clear, side);
  }
  return {
    shape: fit.shape,
    area: moments.map(({ area }) => area),
    x: moments.map(({ x }) => x),
    y: moments.map(({ y }) => y),
    radius: moments.map(({ area }) => Math.sqrt(area / unitArea(fit.shape))),
    degrees: fit.degrees,
  };
};
