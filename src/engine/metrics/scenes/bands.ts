import { lowerMedian } from "../median.js";
import { type Frames, side } from "./frames.js";

const bands = 12;
const height = side / bands;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean absolute step between neighbours in a band, across or down; what has no neighbour counts as no step. */
const step = (grey: Float64Array, band: number, apart: number): number => {
  let sum = 0;
  for (let row = band * height; row < (band + 1) * height; row++)
    for (let column = 0; column < side; column++) {
      const last = apart === 1 ? column === side - 1 : row === side - 1;
      const at = row * side + column;
      if (!last) sum += Math.abs((grey[at + apart] as number) - (grey[at] as number));
    }
  return sum / (height * side);
};

/** Of twelve bands of rows: red, green and blue as medians, then the steps across and down as logarithms. Means over the frames. */
export const bandsOf = (frames: Frames): number[] => {
  const all = Array.from({ length: bands }, (_, band) => band);
  const colours = [0, 1, 2].flatMap((channel) =>
    all.map((band) =>
      mean(
        frames.map((planes) =>
          lowerMedian([
            ...(planes[channel] as Float64Array).subarray(band * height * side, (band + 1) * height * side),
          ]),
        ),
      ),
    ),
  );
  const greys = frames.map(([red, green, blue]) =>
    red.map((value, at) => (value + (green[at] as number) + (blue[at] as number)) / 3),
  );
  const steps = [1, side].flatMap((apart) => all.map((band) => mean(greys.map((grey) => step(grey, band, apart)))));
  return [...colours, ...steps.map((value) => Math.log(value + 1e-3) * 0.1)];
};
