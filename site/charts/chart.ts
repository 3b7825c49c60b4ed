import type { Filling } from "diffusion-cache";

/** What a colour of a chart means. */
export interface LegendKey {
  readonly text: string;
  /** As a style sheet has it. */
  readonly colour: string;
}

/** What every chart of the site is: a picture and the same numbers as a table. */
export interface Chart {
  readonly title: string;
  /** What the picture shows, for those who do not see it. */
  readonly description: string;
  /** Draws at a width in CSS pixels. */
  readonly draw: (width: number) => Element;
  /** Heads with their units, and rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** What pressing the first cell of a row does, where its rows can be chosen. */
  readonly pick?: (row: number) => void;
  readonly legend?: readonly LegendKey[];
}

/** Common looks: colours come from the page's style sheet, so that they follow the colour scheme. */
export const looks = {
  height: 220,
  marginLeft: 56,
  marginRight: 16,
  marginTop: 28,
  marginBottom: 40,
  style: {
    background: "transparent",
    color: "var(--sl-color-gray-2)",
    fontSize: "12px",
    fontFamily: "inherit",
    overflow: "visible",
  },
} as const;

/** The axis of charts over a run, from step 1. */
export const stepAxis = (steps: number) =>
  ({ label: "denoising step →", interval: 1, ticks: Math.min(10, steps), tickFormat: "d" }) as const;

export const colours = {
  uncached: "var(--dc-uncached)",
  cached: "var(--dc-cached)",
  compute: "var(--dc-compute)",
  reuse: "var(--dc-reuse)",
  forecast: "var(--dc-forecast)",
} as const;

/** The palette in the order in which series take it. */
export const seriesColours = ["teal", "amber", "teal-2", "amber-2", "ink"].map((name) => `var(--dc-${name})`);

/** What stands in a skipped step for the feature that is not computed. */
export const fillingColours: Readonly<Record<Filling, string>> = {
  reuse: "var(--dc-bad)",
  line: "var(--dc-feed-forward)",
  taylor: "var(--dc-forecast)",
  hermite: "var(--dc-cross)",
  foca: "color-mix(in oklab, var(--dc-forecast), var(--sl-color-white))",
  dmd: "color-mix(in oklab, var(--dc-compute), var(--sl-color-white))",
  fitted: "var(--dc-compute)",
};

/** Kinds of sub-layers, and what lies between them. */
export const kindColours: Readonly<Record<string, string>> = {
  "spatial-attention": "var(--dc-spatial)",
  "temporal-attention": "var(--dc-temporal)",
  "cross-attention": "var(--dc-cross)",
  "feed-forward": "var(--dc-feed-forward)",
  rest: "var(--dc-uncached)",
};
