import { type Measure, measures } from "diffusion-cache";

/** Its title with the unit, as a head or an axis has it. */
export const headOf = ({ title, unit }: Measure): string => (unit ? `${title}, ${unit}` : title);

/** "lower is closer": which end of its range is the uncached clip. */
export const directionOf = ({ better }: Measure): string => `${better === "high" ? "higher" : "lower"} is closer`;

/** What it sees, and its direction. */
export const helpOf = (measure: Measure): string => `${measure.help}; ${directionOf(measure)}`;

/** A figure in the digits of its measure; nothing where there is none. */
export const inDigits = (value: number | undefined, { digits }: Measure): string =>
  value === undefined ? "" : Number.isFinite(value) ? value.toFixed(digits) : "equal";

type Figures = Partial<Readonly<Record<Measure["name"], number | undefined>>>;

/** The measures that any of some clips, rows or points has. Files of an older version have fewer. */
export const measuresOf = (figures: readonly Figures[]): readonly Measure[] =>
  measures.filter(({ name }) => figures.some((one) => one[name] !== undefined));

/** The one that is asked for, or the first of those that are there; of none, PSNR. */
export const measureNamed = (name: Measure["name"], of: readonly Measure[]): Measure =>
  of.find((one) => one.name === name) ?? of[0] ?? (measures[0] as Measure);
