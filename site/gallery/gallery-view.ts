import type { GalleryFile, GalleryStrip, StripFigures } from "./gallery-file.js";

/** A strip as the page knows it: without what only its file says. */
export interface ShownStrip extends Pick<GalleryStrip, "method" | "example" | "strengths" | "link" | "cannot"> {
  /** The method's name on its page. */
  readonly title: string;
  /** Its row in the sprites of its method, and how many rows they have. */
  readonly row: number;
  readonly rows: number;
  readonly figures: readonly Pick<StripFigures, "ideal" | "psnr" | "ssim" | "skipped">[];
}

/** The gallery of a model as the page knows it. */
export interface ShownGallery extends Pick<GalleryFile, "model" | "steps" | "guidance" | "clip" | "prompts"> {
  /** Of its sprites. */
  readonly address: string;
  readonly strips: readonly ShownStrip[];
}

export const orders = {
  method: "Method",
  psnr: "Quality, best first",
  ideal: "Speed, fastest first",
} as const;
export type Order = keyof typeof orders;

/** What of a gallery is asked for. */
export interface GalleryChoice {
  /** A place in its prompts, or all. */
  readonly prompt: number | "all";
  /** A method's short name, or all. */
  readonly method: string;
  readonly order: Order;
}

/** A strip on one of the prompts. */
export interface GalleryTile {
  readonly strip: ShownStrip;
  readonly at: number;
  readonly figures: ShownStrip["figures"][number];
}

/** The tiles that a choice leaves, in its order; by method they go from the gentlest setting to the strongest. */
export const tilesOf = ({ strips, prompts }: ShownGallery, { prompt, method, order }: GalleryChoice): GalleryTile[] => {
  const tiles = strips
    .filter((strip) => method === "all" || strip.method === method)
    .flatMap((strip) => prompts.map((_, at) => ({ strip, at, figures: strip.figures[at] as GalleryTile["figures"] })))
    .filter(({ at }) => prompt === "all" || at === prompt);
  const byMethod = (a: GalleryTile, b: GalleryTile): number =>
    a.strip.title.localeCompare(b.strip.title) || a.at - b.at || a.strip.row - b.strip.row;
  return order === "method"
    ? tiles.toSorted(byMethod)
    : tiles.toSorted((a, b) => b.figures[order] - a.figures[order] || byMethod(a, b));
};

/** Its figures, in the words of a caption. */
export const inFigures = ({ ideal, psnr, skipped }: GalleryTile["figures"]): readonly string[] => [
  `${ideal.toFixed(2)}×`,
  Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : "equal",
  `${Math.round(100 * skipped)} % skipped`,
];

/** The presets that a strip is, from the gentlest to the strongest. */
export const inStrengths = ({ strengths }: Pick<ShownStrip, "strengths">): string =>
  [...new Set([strengths[0], strengths.at(-1)])].join(" to ");
