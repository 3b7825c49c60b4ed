import * as Plot from "@observablehq/plot";
import type { Profile, SiteMap } from "diffusion-cache";
import { type Chart, kindColours, looks } from "../charts/chart.js";
import { chartFigure } from "../charts/figure.js";
import { percent, type Share, sharesOf } from "./shares.js";

/** The legend of kinds of layers. */
export const kindKey = (kinds: readonly { readonly kind: string; readonly label: string }[]): string =>
  kinds.map(({ kind, label }) => `<span class="dc-legend"><i data-kind="${kind}"></i>${label}</span>`).join("");

/** One bar: the time of a pass, divided among the kinds of sub-layers. */
const shareBar = (profile: Profile, shares: readonly Share[]): Chart => ({
  title: "Where the time of one forward pass goes",
  description:
    "One stacked bar: milliseconds of all sub-layers of a kind. The rest is embeddings, norms, gates and the way out.",
  draw: (width) =>
    Plot.plot({
      ...looks,
      width,
      height: 110,
      marginLeft: 8,
      marginTop: 8,
      ariaLabel: "Where the time of one forward pass goes",
      ariaDescription: "Stacked bar of milliseconds per kind of sub-layer.",
      x: { label: "time (ms) →", grid: true, ticks: Math.max(3, Math.floor(width / 110)) },
      y: { axis: null },
      marks: [
        Plot.barX(shares, {
          x: "ms",
          fill: ({ kind }: Share) => kindColours[kind] ?? "",
          insetRight: 1,
          title: ({ label, ms, share }: Share) => `${label}: ${ms.toFixed(1)} ms, ${percent(share)}`,
        }),
        Plot.text(
          shares,
          Plot.stackX({
            x: "ms",
            text: ({ share }: Share) => (share * width > 60 ? percent(share) : ""),
            fill: "var(--sl-color-black)",
            fontWeight: 600,
          }),
        ),
      ],
    }),
  columns: ["Part", "Time (ms)", "Share"],
  rows: [
    ...shares.map(({ label, ms, share }) => [label, ms.toFixed(2), percent(share)]),
    ["The pass", profile.passMs.toFixed(2), "100 %"],
  ],
});

/** Draws what `engine.profile` measured. */
export const drawShares = (place: HTMLElement, profile: Profile, sites: SiteMap): void => {
  const shares = sharesOf(profile, sites);
  place.replaceChildren(chartFigure(shareBar(profile, shares), kindKey(shares)));
};
