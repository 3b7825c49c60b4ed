/** A value on an axis. */
export interface Tick {
  /** In pixels. */
  readonly at: number;
  readonly text: string;
}

/** From the values of an axis to pixels. */
export const scaleOf =
  ([low, high]: readonly [low: number, high: number], [from, to]: readonly [from: number, to: number]) =>
  (value: number): number =>
    from + ((to - from) * (value - low)) / (high - low);

/** Round values from `low` to `high`, at most `most` of them: 1, 2 or 5 times a power of ten apart. */
export const roundValues = (low: number, high: number, most: number): readonly number[] => {
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = ([1, 2, 5, 10].find((times) => (high - low) / (times * power) <= most) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, at) => Number(((first + at) * step).toPrecision(12)));
};
