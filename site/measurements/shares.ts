import type { Profile, SiteKind, SiteMap } from "diffusion-cache";
import { inOrder, kindNames } from "../grid/grid-rows.js";
import { inTime } from "../page/bytes.js";

/** A part of a forward pass: the sub-layers of one kind, or what lies between them. */
export interface Share {
  readonly kind: SiteKind | "rest";
  readonly label: string;
  readonly ms: number;
  /** Of the pass, 0 … 1. */
  readonly share: number;
}

/** Where the time of a pass goes, by kind of sub-layer. */
export const sharesOf = ({ passMs, siteMs }: Profile, sites: SiteMap): readonly Share[] => {
  const subLayers = sites.all();
  const kinds = inOrder(subLayers.map(({ kind }) => kind));
  const of = (kind: SiteKind): number =>
    subLayers.filter((site) => site.kind === kind).reduce((sum, { id }) => sum + (siteMs[id] ?? 0), 0);
  const parts = kinds.map((kind) => ({ kind, label: kindNames[kind], ms: of(kind) }));
  const rest = Math.max(0, passMs - parts.reduce((sum, { ms }) => sum + ms, 0));
  return [...parts, { kind: "rest" as const, label: "The rest", ms: rest }].map((part) => ({
    ...part,
    share: part.ms / passMs,
  }));
};

/** Methods by what they can leave out at most. */
export type Family = "guidance" | "attention" | "behindFirst" | "blocks" | "step";

/** The share of a guided step that each family can leave out in a step in which it computes nothing. */
export const savedBy = (profile: Profile, sites: SiteMap): Readonly<Record<Family, number>> => {
  const shares = sharesOf(profile, sites);
  const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
  return {
    guidance: 0.5,
    attention: sum(shares.filter(({ kind }) => kind.endsWith("attention")).map(({ share }) => share)),
    behindFirst: sum(profile.blockMs.slice(1)) / profile.passMs,
    blocks: sum(profile.blockMs) / profile.passMs,
    step: 1,
  };
};

/** Amdahl's bound on the speed-up of a run whose every step leaves out this share, for nothing. */
export const boundOf = (saved: number): number => (saved >= 1 ? Number.POSITIVE_INFINITY : 1 / (1 - saved));

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.095 ? 1 : 0)} %`;

/** The cells of the table of bounds. */
export const boundCells = (saved: number) => ({
  share: percent(saved),
  bound: Number.isFinite(boundOf(saved)) ? boundOf(saved).toFixed(1) : "none",
});

/** Where the time of a pass goes, in one sentence. */
export const profileInWords = (profile: Profile, sites: SiteMap): string => {
  const shares = sharesOf(profile, sites);
  const parts = shares.map(({ label, share }) => `${label.toLowerCase()} ${percent(share)}`);
  return `One forward pass takes ${inTime(profile.passMs)}: ${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}.`;
};
