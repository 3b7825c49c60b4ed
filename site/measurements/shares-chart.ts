import * as Plot from "@observablehq/plot";
import type { Profile, SiteMap } from "diffusion-cache";
import { type Chart, kindColours, type LegendKey, looks } from "../charts/chart.js";
import { percent, type Share, sharesOf } from "./shares.js";

/** The legend of kinds of layers. */
export const kindLegend = (kinds: readonly { readonly kind: string; readonly label: string }[]): readonly LegendKey[] =>
  kinds.map(({ kind, label }) => ({ text: label, colour: kindColours[kind] ?? "" }));

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
  legend: kindLegend(shares),
  columns: ["Part", "Time (ms)", "Share"],
  rows: [
    ...shares.map(({ label, ms, share }) => [label, ms.toFixed(2), percent(share)]),
    ["The pass", profile.passMs.toFixed(2), "100 %"],
  ],
});

/** What `engine.profile` measured. */
export const profileCharts = (profile: Profile, sites: SiteMap): readonly Chart[] => [
  shareBar(profile, sharesOf(profile, sites)),
];
