import { lowerMedian } from "../median.js";
import type { Mask } from "./colour-mask.js";
import { side } from "./frames.js";

const places = Array.from({ length: side }, (_, at) => (at + 0.5) / side);

/** Sums of a mask by column and by row. */
const sumsOf = ({ pixels }: Mask): [across: number[], down: number[]] => {
  const [across, down] = [places.map(() => 0), places.map(() => 0)];
  pixels.forEach((value, at) => {
    across[at % side] = (across[at % side] as number) + value;
    down[Math.floor(at / side)] = (down[Math.floor(at / side)] as number) + value;
  });
  return [across, down];
};

/** Moment of a line of sums about a centre. */
const moment = (line: readonly number[], centre: number, power: number, area: number): number =>
  line.reduce((sum, value, at) => sum + value * ((places[at] as number) - centre) ** power, 0) / area;

/** Centre of a mask in 0 … 1, and what tells kinds apart: its spreads, its lean downward, how it fills its box and its middle. */
const formOf = (mask: Mask): { x: number; y: number; features: number[] } => {
  const [across, down] = sumsOf(mask);
  const area = Math.max(
    1e-6,
    across.reduce((sum, value) => sum + value, 0),
  );
  const [x, y] = [moment(across, 0, 1, area), moment(down, 0, 1, area)];
  const [wide, high] = [moment(across, x, 2, area), moment(down, y, 2, area)].map((square) =>
    Math.sqrt(Math.max(1e-8, square)),
  ) as [number, number];
  const middle = across.reduce(
    (sum, value, at) => sum + (Math.abs((places[at] as number) - x) < 0.25 * wide ? value : 0),
    0,
  );
  const lean = moment(down, y, 3, area) / high ** 3;
  const fill = area / side ** 2 / (wide * high) / 12;
  return { x, y, features: [Math.log(wide / high), lean, fill, wide * 5, high * 5, middle / area] };
};

/** Course of an object over a clip, and the median form of its masks. */
export const courseOf = (masks: readonly Mask[]): { x: number[]; y: number[]; features: number[] } => {
  const forms = masks.map(formOf);
  const features = (forms[0]?.features ?? []).map((_, i) =>
    lowerMedian(forms.map((form) => form.features[i] as number)),
  );
  return { x: forms.map((form) => form.x), y: forms.map((form) => form.y), features };
};
