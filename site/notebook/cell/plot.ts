import type { MarkShown, PlotShown } from "./messages.js";

// What `import * as Plot from "@observablehq/plot"` gives in a cell. There is no document here: a plot becomes a
// description, with every channel as numbers, and the page draws it with the library itself.

export const markNames = [
  ...["areaY", "barX", "barY", "cell", "dot", "line", "lineX", "lineY", "rectY", "ruleX", "ruleY", "text"],
  ...["tickX", "tickY", "frame", "gridX", "gridY"],
] as const;

export class Plotted {
  constructor(readonly shown: PlotShown) {}
}

type Datum = Readonly<Record<string, unknown>>;

/** A channel as the library reads it: a function of the datum, the name of one of its fields, values, or a constant. */
const channel = (data: readonly unknown[], value: unknown): unknown => {
  if (typeof value === "function")
    return data.map((datum, index) => (value as (...args: unknown[]) => unknown)(datum, index));
  if (typeof value !== "string") return value;
  const first = data[0];
  const isField = typeof first === "object" && first !== null && Object.hasOwn(first, value);
  return isField ? { label: value, value: data.map((datum) => (datum as Datum)[value]) } : value;
};

const implied: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ruleX: { x: (value: unknown) => value },
  ruleY: { y: (value: unknown) => value },
  tickX: { x: (value: unknown) => value },
  tickY: { y: (value: unknown) => value },
  lineY: { y: (value: unknown) => value, x: (_: unknown, index: number) => index },
  areaY: { y: (value: unknown) => value, x: (_: unknown, index: number) => index },
  barY: { y: (value: unknown) => value, x: (_: unknown, index: number) => index },
};

const mark =
  (name: string) =>
  (first: unknown = [], second: Readonly<Record<string, unknown>> = {}): MarkShown => {
    const isData = typeof first === "object" && first !== null && Symbol.iterator in first;
    const data = isData ? Array.from(first as Iterable<unknown>) : [];
    const options = isData ? second : { ...(first as object), ...second }; // Plot.frame({ … }) has no data
    const plain = data.every((datum) => typeof datum !== "object" || datum === null);
    const all = plain ? { ...implied[name], ...options } : options;
    const channels = Object.entries(all).map(([key, value]) => [key, channel(data, value)] as const);
    return { mark: name, length: data.length, options: Object.fromEntries(channels) };
  };

const plot = ({ marks = [], ...options }: { readonly marks?: readonly unknown[] } = {}): Plotted =>
  new Plotted({ marks: marks.flat(9).filter(Boolean) as MarkShown[], options });

export const Plot = { ...Object.fromEntries(markNames.map((name) => [name, mark(name)])), plot };
