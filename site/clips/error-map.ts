import type { Pixels } from "./frames.js";

/** Black through violet and orange to white, lighter with every step: the scale that FLIP's authors use, magma. */
const stops = [
  [0, 0, 4],
  [24, 15, 61],
  [68, 15, 118],
  [114, 31, 129],
  [158, 47, 127],
  [205, 64, 113],
  [241, 96, 93],
  [253, 150, 104],
  [254, 202, 141],
  [252, 253, 191],
] as const;

const between = (value: number, channel: 0 | 1 | 2): number => {
  const at = Math.min(1, Math.max(0, value)) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const [from, to] = [stops[low], stops[low + 1]] as const;
  return (from?.[channel] ?? 0) + (at - low) * ((to?.[channel] ?? 0) - (from?.[channel] ?? 0));
};

/** One frame of a map of errors, [1, 1, frames, height, width], times `by`: black where there is none. */
export const mapImage = ({ dims, data }: Pixels, frame: number, by: number): ImageData => {
  const [height = 0, width = 0] = dims.slice(-2);
  const image = new ImageData(width, height);
  const size = height * width;
  for (let at = 0; at < size; at++) {
    const value = by * (data[frame * size + at] ?? 0);
    for (const channel of [0, 1, 2] as const) image.data[4 * at + channel] = between(value, channel);
    image.data[4 * at + 3] = 255;
  }
  return image;
};
