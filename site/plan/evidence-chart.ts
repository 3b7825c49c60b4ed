/** A published figure beside the plan's. */
export interface Point {
  readonly planned: number;
  readonly published: number;
  /** What the colour says. */
  readonly group: string;
}

/** A group and its colour. */
export interface Key {
  readonly group: string;
  readonly color: string;
}

const keysOf = (groups: Iterable<unknown>, colors: Iterable<unknown>): readonly Key[] => {
  const all = [...colors];
  return [...groups].map((group, at) => ({ group: String(group), color: String(all[at % all.length]) }));
};

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
    color: { domain: [...new Set(points.map(({ group }) => group))], scheme: "observable10" },
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
  const scale = picture.scale("color");
  return { picture, keys: points.length > 0 ? keysOf(scale?.domain ?? [], scale?.range ?? []) : [] };
};
