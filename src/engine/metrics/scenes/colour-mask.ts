import { type Frames, side } from "./frames.js";

const reach = Math.floor(Math.round(0.46 * side) / 2); // an object fits into a window of twice this and one

/** Where a frame shows the object: 1 or 0 by pixel, and how many are 1. */
export interface Mask {
  readonly pixels: Float64Array;
  readonly count: number;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** Pixels that are `shade` · colour + `pale` · white, somewhat shaded and paled. */
const coloured = (planes: Frames[number], colour: readonly number[], white: readonly number[]): Float64Array => {
  const [cc, cw, ww] = [dot(colour, colour), dot(colour, white), dot(white, white)];
  const determinant = cc * ww - cw * cw;
  return planes[0].map((_, at) => {
    const pixel = planes.map((plane) => plane[at] as number);
    const [pc, pw] = [dot(pixel, colour), dot(pixel, white)];
    const [shade, pale] = [(pc * ww - pw * cw) / determinant, (pw * cc - pc * cw) / determinant];
    const far = pixel.reduce(
      (sum, value, i) => sum + (value - shade * (colour[i] as number) - pale * (white[i] as number)) ** 2,
      0,
    );
    return far < 0.008 && shade > 0.55 && shade < 1.25 && pale > -0.06 && pale < 0.22 * shade ? 1 : 0;
  });
};

/** The mask without what lies outside its fullest window; the first of equally full ones, row by row. */
const densest = (pixels: Float64Array): Mask => {
  const sums = new Float64Array((side + 1) ** 2); // of all above and to the left
  const sum = (row: number, column: number): number => sums[row * (side + 1) + column] as number;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      sums[(row + 1) * (side + 1) + column + 1] =
        (pixels[row * side + column] as number) + sum(row, column + 1) + sum(row + 1, column) - sum(row, column);
  const span = (centre: number): [number, number] => [Math.max(0, centre - reach), Math.min(side, centre + reach + 1)];
  let best = { count: -1, row: 0, column: 0 };
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const [[top, bottom], [left, right]] = [span(row), span(column)];
      const count = sum(bottom, right) - sum(top, right) - sum(bottom, left) + sum(top, left);
      if (count > best.count) best = { count, row, column };
    }
  const near = (at: number, centre: number): boolean => Math.abs(at - centre) <= reach;
  const kept = pixels.map((value, at) =>
    near(Math.floor(at / side), best.row) && near(at % side, best.column) ? value : 0,
  );
  return { pixels: kept, count: best.count };
};

/** Masks of a colour in the light of a time of day, one a frame. */
export const masksOf = (frames: Frames, colour: readonly number[], lamp: readonly number[]): Mask[] => {
  const lit = colour.map((value, i) => (value / 255) * (lamp[i] as number));
  return frames.map((planes) => densest(coloured(planes, lit, lamp)));
};
