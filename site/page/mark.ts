/** What a part of the mark stands for. */
export type MarkPart = "computed" | "reused" | "forecast";

/** The site's mark in a square of 32: one value is computed, kept for the next step, and forecast for the one after. */
export const mark: readonly {
  readonly part: MarkPart;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
}[] = [
  { part: "computed", x: 1, y: 5, width: 15, height: 22, radius: 3 },
  { part: "reused", x: 18, y: 8, width: 6, height: 16, radius: 2 },
  { part: "forecast", x: 26, y: 11, width: 5, height: 10, radius: 2 },
];

/** The two colours of the palette on any ground: a browser's tab, a card, a README. */
export const markColours: Readonly<Record<MarkPart, string>> = {
  computed: "#1b8a80",
  reused: "#6fbdb4",
  forecast: "#d98a1f",
};

/** The mark as the inside of an SVG picture. */
export const markShapes = (colours: Readonly<Record<MarkPart, string>> = markColours): string =>
  mark
    .map(
      ({ part, x, y, width, height, radius }) =>
        `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${colours[part]}"/>`,
    )
    .join("");
