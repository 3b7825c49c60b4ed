import * as Plot from "@observablehq/plot";
import { type Chart, looks } from "../../charts/chart.js";
import type { PlotShown } from "../cell/messages.js";
import { valuesOf } from "./checked-plot.js";

type Draw = (data: unknown, options: object) => Plot.Markish;

const marks = {
  ...{ areaY: Plot.areaY, barX: Plot.barX, barY: Plot.barY, cell: Plot.cell, dot: Plot.dot, line: Plot.line },
  ...{ lineX: Plot.lineX, lineY: Plot.lineY, rectY: Plot.rectY, ruleX: Plot.ruleX, ruleY: Plot.ruleY, text: Plot.text },
  ...{ tickX: Plot.tickX, tickY: Plot.tickY },
  frame: (_: unknown, options: object) => Plot.frame(options),
  gridX: (_: unknown, options: object) => Plot.gridX(options),
  gridY: (_: unknown, options: object) => Plot.gridY(options),
} as unknown as Readonly<Record<string, Draw>>;

/** A checked plot as a chart with its table. @throws Error of the library for what it does not know */
export const cellPlot = ({ marks: given, options: { title: said, subtitle, ...options } }: PlotShown): Chart => {
  const title = typeof said === "string" ? said : "Plot";
  const draw = (width: number) =>
    Plot.plot({
      ...looks,
      ...options,
      width,
      ariaLabel: title,
      marks: given.map(({ mark, length, options }) => marks[mark]?.({ length }, options)),
    } as Plot.PlotOptions);
  draw(640); // throws here, and not when its place gets a width
  const first = given.find(({ options }) => Object.values(options).some(valuesOf));
  const columns = Object.entries(first?.options ?? {}).flatMap(([name, channel]) => {
    const values = valuesOf(channel);
    return values ? [{ name: (channel as { label?: string }).label ?? name, values }] : [];
  });
  return {
    title,
    description: typeof subtitle === "string" ? subtitle : "",
    draw,
    columns: columns.map(({ name }) => name),
    rows: Array.from({ length: Math.min(500, columns[0]?.values.length ?? 0) }, (_, at) =>
      columns.map(({ values }) => String(values[at] ?? "")),
    ),
  };
};
