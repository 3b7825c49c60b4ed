import * as Plot from "@observablehq/plot";
import type { Curve } from "../../bench/report.js";
import { type Chart, colours, looks } from "../charts/chart.js";

/** Time and memory of a pass over one quantity, both as multiples of what they are at its smallest value. */
export const growthChart = ({ quantity, points, exponents }: Curve): Chart => {
  const [first] = points as [Curve["points"][number]];
  const lines = (["bytes", "ms"] as const).map((of) =>
    points.map((point) => ({ at: point.at, times: point[of] / first[of], of })),
  );
  const stroke = { ms: colours.cached, bytes: colours.uncached };
  return {
    title: `Cost over ${quantity}`,
    description: `Time grows as its power ${exponents.ms.toFixed(2)}, memory as its power ${exponents.bytes.toFixed(2)}. Both axes are logarithmic.`,
    draw: (width) =>
      Plot.plot({
        ...looks,
        width,
        x: { label: `${quantity} →`, type: "log", ticks: points.map(({ at }) => at), tickFormat: "d" },
        y: { label: "↑ times the smallest", type: "log", grid: true, ticks: 4, tickFormat: "~r" },
        marks: lines.flatMap((line) => {
          const colour = stroke[line[0]?.of ?? "ms"];
          return [
            Plot.lineY(line, { x: "at", y: "times", stroke: colour, strokeWidth: 2 }),
            Plot.dot(line, { x: "at", y: "times", fill: colour, r: 3 }),
          ];
        }),
      }),
    legend: [
      { text: "time", colour: colours.cached },
      { text: "memory", colour: colours.uncached },
    ],
    columns: [quantity, "Pass, ms", "Memory, MiB"],
    rows: points.map(({ at, ms, bytes }) => [at, ms.toFixed(1), (bytes / 2 ** 20).toFixed(2)]),
  };
};
