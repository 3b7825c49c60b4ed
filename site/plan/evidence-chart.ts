/** A published figure beside the plan's. */
export interface Point {
  readonly planned: number;
  readonly published: number;
  /** What the colour says. */
  readonly group: string;
}

/** The published figures over the planned ones, with the diagonal on which both are equal. */
export const charted = async (title: string, points: readonly Point[], unit: string): Promise<Element> => {
  const Plot = await import("@observablehq/plot");
  const values = points.flatMap(({ planned, published }) => [planned, published]);
  const linear = unit === "×";
  const [least, most] = [linear ? 1 : Math.min(...values) * 0.8, Math.max(...values) * (linear ? 1.05 : 1.25)];
  const axis = { domain: [least, most], ...(linear ? {} : { type: "log" as const, ticks: 5 }) };
  const format = (value: number): string => (linear ? `${value}×` : `${value.toLocaleString("en")}`);
  const picture = Plot.plot({
    width: 640,
    height: 360,
    marginLeft: 56,
    x: { ...axis, label: `planned${linear ? "" : `, ${unit}`} →`, tickFormat: format },
    y: { ...axis, label: `↑ published${linear ? "" : `, ${unit}`}`, tickFormat: format },
    color: { legend: false, scheme: "observable10" },
    marks: [
      Plot.line(
        [
          [least, least],
          [most, most],
        ],
        { stroke: "currentColor", strokeOpacity: 0.4 },
      ),
      Plot.dot([...points], { x: "planned", y: "published", fill: "group", r: 4, fillOpacity: 0.75 }),
    ],
  });
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", title);
  for (const mark of picture.querySelectorAll("g[aria-label]")) mark.removeAttribute("aria-label");
  return picture;
};
