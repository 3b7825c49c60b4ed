import type { Domain } from "./domain.js";
import { motionOf } from "./motion.js";
import { periods, shapes, silhouette, unitArea } from "./silhouettes.js";

const angleStep = 6;

/** Soft intersection over union. */
const overlapOf = (a: Float32Array, b: Float32Array): number => {
  let [both, either] = [0, 0];
  for (let index = 0; index < a.length; index++) {
    both += Math.min(a[index] as number, b[index] as number);
    either += Math.max(a[index] as number, b[index] as number);
  }
  return both / Math.max(1e-6, either);
};

/**
 * Size, shape and motion of what the masks of the frames show; null where a frame shows less than about five pixels.
 *
 * @param masks of side × side, 0 to 1, a frame each
 * @param colour the word that was read, which is null too where there is no object
 */
export const objectOf = (masks: readonly Float32Array[], side: number, colour: string, { sizes }: Domain) => {
  const moments = masks.map((mask) => {
    let [sum, x, y] = [0, 0, 0];
    for (const [index, value] of mask.entries()) {
      sum += value;
      x += value * (((index % side) + 0.5) / side);
      y += value * ((Math.floor(index / side) + 0.5) / side);
    }
    return { area: sum / mask.length, x: x / Math.max(1e-6, sum), y: y / Math.max(1e-6, sum) };
  });
  if (Math.min(...moments.map(({ area }) => area)) < 0.002)
    return { colour: null, size: null, shape: null, ...(masks.length > 1 ? { motion: null } : {}) };
  const fits = Object.keys(shapes).map((shape) => {
    const period = periods[shape] as number;
    const candidates =
      period === 360 ? [0] : Array.from({ length: period / angleStep }, (_, index) => index * angleStep);
    const frames = moments.map(({ area, x, y }, frame) => {
      const r = Math.sqrt(area / unitArea(shape));
      const fit = candidates.map((degrees) => ({
        degrees,
        overlap: overlapOf(silhouette(shape, { x, y, r, degrees }, side), masks[frame] as Float32Array),
      }));
      return { r, ...fit.reduce((best, one) => (one.overlap > best.overlap ? one : best)) };
    });
    return { shape, frames, overlap: frames.reduce((sum, { overlap }) => sum + overlap, 0) };
  });
  const { shape, frames } = fits.reduce((best, one) => (one.overlap > best.overlap ? one : best));
  const radius = frames.map(({ r }) => r);
  const average = radius.reduce((sum, r) => sum + r, 0) / radius.length;
  const [small, large] = Object.entries(sizes).toSorted(([, a], [, b]) => a - b) as [
    [string, number],
    [string, number],
  ];
  const middle = 0.95 * ((small[1] + large[1]) / 2);
  const course = {
    x: moments.map(({ x }) => x),
    y: moments.map(({ y }) => y),
    radius,
    degrees: frames.map(({ degrees }) => degrees),
  };
  return {
    colour,
    size: average > middle ? large[0] : small[0],
    shape,
    ...(masks.length > 1 ? { motion: motionOf(course, periods[shape] as number) } : {}),
  };
};
