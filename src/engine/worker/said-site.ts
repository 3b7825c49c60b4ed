import type { Site, SiteMap } from "../method.js";

/** A site in terms that every map of the same network understands: parts are numbered by each map for itself. */
export interface SaidSite extends Pick<Site, "id" | "kind" | "keeps"> {
  /** Of a run of blocks: the block that its residual is taken from. */
  readonly sinceBlock?: number;
}

export const saySite = ({ id, kind, keeps, since }: Site, map: SiteMap): SaidSite => {
  const blocks = Array.from({ length: since === undefined ? 0 : map.depth }, (_, block) =>
    map.blocks(block, block + 1),
  );
  const sinceBlock = blocks.findIndex(({ from }) => from === since);
  return { id, kind, keeps, ...(sinceBlock < 0 ? {} : { sinceBlock }) };
};

/** The same site of another map; undefined where there is none. */
export const findSite = ({ id, kind, keeps, sinceBlock }: SaidSite, map: SiteMap): Site | undefined => {
  if (kind === "output" || kind === "guided") return map[kind](keeps);
  if (kind === "uncond") return map.uncond();
  if (kind !== "blocks") return map.all(kind).find((site) => site.id === id);
  const [from, to] = id.replace("blocks.", "").split("-").map(Number) as [number, number];
  return map.blocks(from, to, sinceBlock ?? from);
};
