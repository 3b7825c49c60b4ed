import * as Plot from "@observablehq/plot";
import { looks } from "../charts/chart.js";
import { chartFigure } from "../charts/figure.js";
import type { MarkShown, PlotShown } from "./cell/messages.js";

// A plot that a reader's program described. Only what draws: no links, no images, no style, and no reference to anything
// outside, so that a plot can neither send a request nor lead away.

type Draw = (data: unknown, options: object) => Plot.Markish;

const marks = {
  ...{ areaY: Plot.areaY, barX: Plot.barX, barY: Plot.barY, cell: Plot.cell, dot: Plot.dot, line: Plot.line },
  ...{ lineX: Plot.lineX, lineY: Plot.lineY, rectY: Plot.rectY, ruleX: Plot.ruleX, ruleY: Plot.ruleY, text: Plot.text },
  ...{ tickX: Plot.tickX, tickY: Plot.tickY },
  frame: (_: unknown, options: object) => Plot.frame(options),
  gridX: (_: unknown, options: object) => Plot.gridX(options),
  gridY: (_: unknown, options: object) => Plot.gridY(options),
};

const channels: readonly string[] = [
  "x",
  "y",
  "x1",
  "x2",
  "y1",
  "y2",
  "z",
  "r",
  "fx",
  "fy",
  "text",
  "fill",
  "stroke",
  "opacity",
];
const looksOfMarks: readonly string[] = [
  ...["fillOpacity", "strokeWidth", "strokeOpacity", "strokeDasharray", "symbol", "curve", "dx", "dy", "fontSize"],
  ...["textAnchor", "lineAnchor", "inset", "rotate", "tip"],
];
const scales: readonly string[] = ["x", "y", "fx", "fy", "r", "color", "opacity"];
const ofScales: readonly string[] = [
  "label",
  "type",
  "domain",
  "range",
  "grid",
  "ticks",
  "tickFormat",
  "legend",
  "scheme",
  "nice",
  "zero",
  "percent",
  "reverse",
  "base",
];

const plain = (value: unknown): boolean =>
  value === null ||
  typeof value === "number" ||
  typeof value === "boolean" ||
  (typeof value === "string" && !/url\s*\(/i.test(value));

const pick = (given: unknown, keys: readonly string[], allowed: (value: unknown) => boolean): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given && typeof given === "object" ? given : {}).filter(
      ([key, value]) => keys.includes(key) && allowed(value),
    ),
  );

const plainOrList = (value: unknown): boolean => plain(value) || (Array.isArray(value) && value.every(plain));

const channelOf = (value: unknown): unknown => {
  if (plainOrList(value)) return value;
  const { value: values, label } = (value ?? {}) as { readonly value?: unknown; readonly label?: unknown };
  return plainOrList(values) ? { value: values, label: String(label) } : undefined;
};

const valuesOf = (channel: unknown): readonly unknown[] | undefined =>
  Array.isArray(channel)
    ? channel
    : Array.isArray((channel as { value?: unknown } | undefined)?.value)
      ? (channel as { value: unknown[] }).value
      : undefined;

const markOf = ({ mark, length, options }: MarkShown) => {
  const draw = Object.hasOwn(marks, mark) ? (marks as unknown as Readonly<Record<string, Draw>>)[mark] : undefined;
  if (!draw) throw new Error(`there is no mark ${mark}`);
  const given = Object.fromEntries(
    Object.entries(pick(options, channels, () => true)).map(([key, value]) => [key, channelOf(value)]),
  );
  return {
    draw,
    data: { length: Math.min(Number(length), 100_000) },
    options: { ...pick(options, looksOfMarks, plain), ...given },
    given,
  };
};

/** A described plot as a figure with its table. @throws Error for a mark that cannot be drawn */
export const cellPlot = ({ marks: given, options }: PlotShown): HTMLElement => {
  const drawn = given.map(markOf);
  const scale = Object.fromEntries(scales.map((name) => [name, pick(options[name], ofScales, plainOrList)]));
  const sizes = pick(
    options,
    ["height", "marginLeft", "marginRight", "marginTop", "marginBottom", "inset", "grid"],
    plain,
  );
  const title = typeof options.title === "string" ? options.title : "Plot";
  const [first] = drawn.filter(({ given }) => Object.values(given).some(valuesOf));
  const columns = Object.entries(first?.given ?? {}).flatMap(([name, channel]) => {
    const values = valuesOf(channel);
    return values ? [{ name: (channel as { label?: string }).label ?? name, values }] : [];
  });
  return chartFigure({
    title,
    description: typeof options.subtitle === "string" ? options.subtitle : "",
    draw: (width) =>
      Plot.plot({
        ...looks,
        ...sizes,
        ...scale,
        width,
        ariaLabel: title,
        marks: drawn.map(({ draw, data, options }) => draw(data, options)),
      } as Plot.PlotOptions),
    columns: columns.map(({ name }) => name),
    rows: Array.from({ length: Math.min(500, columns[0]?.values.length ?? 0) }, (_, at) =>
      columns.map(({ values }) => String(values[at] ?? "")),
    ),
  });
};
