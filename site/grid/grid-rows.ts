import type { CacheMethod, PlannedSite, SiteKind, SiteMap } from "diffusion-cache";

export type Cell = "compute" | "reuse" | "forecast" | "mixed" | "pending";

/** One line of a decision grid: the sites of one kind that do the same. */
export interface GridRow {
  readonly kind: SiteKind;
  readonly label: string;
  readonly sites: readonly string[];
  readonly cells: readonly Cell[];
}

export const kindNames: Readonly<Record<SiteKind, string>> = {
  "spatial-attention": "Spatial attention",
  "temporal-attention": "Temporal attention",
  "cross-attention": "Cross-attention",
  "feed-forward": "Feed-forward",
  "text-kv": "Text keys and values",
  blocks: "Blocks",
  output: "Whole network",
  uncond: "Guidance difference",
  guided: "Whole step",
};

/** Kinds in the order in which the pages name them, whatever order a network runs them in. */
export const inOrder = (kinds: Iterable<SiteKind>): readonly SiteKind[] => {
  const present = new Set(kinds);
  return (Object.keys(kindNames) as SiteKind[]).filter((kind) => present.has(kind));
};

type Rest = "reuse" | "forecast";

/** What stands in for a computed feature at a site: one kept feature as it was, or an estimate from several or in two bands. */
export const restOf = (methods: readonly CacheMethod[], map: SiteMap): ((site: string) => Rest) => {
  const rests = methods
    .flatMap((method) => method.parts ?? [method])
    .flatMap((part) => {
      const rest: Rest = (part.history ?? 1) > 1 || part.bands ? "forecast" : "reuse";
      return part.sites(map).map(({ id }) => [id, rest] as const);
    });
  const bySite = new Map(rests);
  return (site) => bySite.get(site) ?? "reuse";
};

/** Planned sites of one kind with one mask as one row, in the order of the model. */
export const gridRows = (planned: readonly PlannedSite[], rest: (site: string) => Rest): readonly GridRow[] => {
  const rows = new Map<string, { kind: SiteKind; sites: string[]; mask: string }>();
  for (const { site, kind, computed } of planned) {
    const row = rows.get(`${kind} ${computed}`) ?? { kind, sites: [], mask: computed };
    row.sites.push(site);
    rows.set(`${kind} ${computed}`, row);
  }
  return [...rows.values()].map(({ kind, sites, mask }) => ({
    kind,
    label: kindNames[kind],
    sites,
    cells: [...mask].map((bit): Cell => (bit === "1" ? "compute" : rest(sites[0] as string))),
  }));
};
