import { seriesColours } from "../charts/chart.js";

/** A published figure beside the plan's. */
export interface Point {
  readonly planned: number;
  readonly published: number;
  /** What the colour says. */
  readonly group: string;
}

/** A group with its colour and shape. */
export interface Key {
  readonly group: string;
  readonly color: string;
  readonly symbol: "circle" | "diamond";
}

/** The palette's colours, first as circles, then as diamonds. */
const keysOf = (groups: readonly string[]): readonly Key[] =>
  groups.map((group, at) => ({
    group,
    color: seriesColours[at % seriesColours.length] as string,
    symbol: at < seriesColours.length ? "circle" : "diamond",
  }));

/** The published figures over the planned ones, with the diagonal on which both are equal, and what the colours say. */
export const charted = async (
  title: string,
  points: readonly Point[],
  unit: string,
  width: number,
): Promise<{ readonly picture: Element; readonly keys: readonly Key[] }> => {
  const Plot = await import("@observablehq/plot");
  const values = points.flatMap(({ planned, published }) => [planned, published]);
  const linear = unit === "×";
  const [least, most] = [linear ? 1 : Math.min(...values) * 0.8, Math.max(...values) * (linear ? 1.05 : 1.25)];
  const axis = { domain: [least, most], ...(linear ? {} : { type: "log" as const, ticks: 4 }) };
  const keys = keysOf([...new Set(points.map(({ group }) => group))]);
  const groups = keys.map(({ group }) => group);
  const format = (value: number): string => (linear ? `${value}×` : `${value.toLocaleString("en")}`);
  const picture = Plot.plot({
    width,
    height: Math.min(420, Math.max(300, width * 0.55)),
    marginLeft: 48,
    marginBottom: 40,
    style: { fontSize: "12px" },
    grid: true,
    x: { ...axis, label: `planned${linear ? "" : `, ${unit}`} →`, tickFormat: format },
    y: { ...axis, label: `↑ published${linear ? "" : `, ${unit}`}`, tickFormat: format },
    color: { domain: groups, range: keys.map(({ color }) => color) },
    symbol: { domain: groups, range: keys.map(({ symbol }) => symbol) },
    marks: [
      Plot.line(
        [
          [least, least],
          [most, most],
        ],
        { stroke: "currentColor", strokeOpacity: 0.4 },
      ),
      Plot.dot([...points], {
        x: "planned",
        y: "published",
        fill: "group",
        symbol: "group",
        r: 4,
        fillOpacity: 0.8,
        stroke: "var(--dc-panel)",
        title: "group",
      }),
    ],
  });
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", title);
  for (const mark of picture.querySelectorAll("g[aria-label]")) mark.removeAttribute("aria-label");
  return { picture, keys };
};
