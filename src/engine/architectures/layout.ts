import type { Site, SiteKind, SiteMap } from "../method.js";
import { siteMap } from "../models/sites.js";

/** A sub-layer under its name in diffusers, what it computes, and further stream values that it writes ("context"). */
export type SubLayerLayout = readonly [name: string, kind: SiteKind, ...more: string[]];

/** One block: its module path in diffusers and its sub-layers in the order in which they run. */
export interface BlockLayout {
  readonly id: string;
  readonly subLayers: readonly SubLayerLayout[];
}

/** The blocks of a network, as far as caching is concerned. The graphs are built along it (`kit/network-kit.ts`). */
export interface Layout {
  readonly blocks: readonly BlockLayout[];
  /** Stream values that run through the blocks, and those that are still read after the last one. */
  readonly stream: readonly string[];
  readonly last: readonly string[];
}

/** `count` blocks under a name in diffusers. */
export const repeated = (prefix: string, count: number, subLayers: readonly SubLayerLayout[]): readonly BlockLayout[] =>
  Array.from({ length: count }, (_, layer) => ({ id: `${prefix}.${layer}`, subLayers }));

/** The layout of a network of one stream. */
export const oneStream = (blocks: readonly BlockLayout[]): Layout => ({ blocks, stream: ["x"], last: ["x"] });

export const attn1: SubLayerLayout = ["attn1", "spatial-attention"];
export const attn2: SubLayerLayout = ["attn2", "cross-attention"];
export const ff: SubLayerLayout = ["ff", "feed-forward"];

/** Of a Latte: spatial and temporal blocks in turn; the text enters the spatial ones. */
export const latteLayout = (layers: number): Layout => {
  const temporal = repeated("temporal_transformer_blocks", layers, [["attn1", "temporal-attention"], ff]);
  return oneStream(
    repeated("transformer_blocks", layers, [attn1, attn2, ff]).flatMap((spatial, layer) => [
      spatial,
      temporal[layer] as BlockLayout,
    ]),
  );
};

/** The sites of a layout, numbered as if each sub-layer were two parts. */
export const sitesOfLayout = ({ blocks, stream, last }: Layout): SiteMap => {
  const subLayers: Site[] = [];
  const textKv: Site[] = [];
  let part = 0;
  const spans = blocks.map((block) => {
    const from = part;
    for (const [name, kind, ...more] of block.subLayers) {
      const id = `${block.id}.${name}`;
      const inputFrom = part;
      if (kind === "cross-attention") textKv.push(textSite(id, part++));
      subLayers.push(subLayerSite(id, kind, more, part, inputFrom));
      part += 2;
    }
    return { from, to: part };
  });
  return siteMap({ subLayers, textKv, blocks: spans, stream, last, parts: part, output: "prediction" });
};

/** The site of a sub-layer whose feature part `from` writes, from what parts `inputFrom` and on make for it alone. */
export const subLayerSite = (
  id: string,
  kind: SiteKind,
  more: readonly string[],
  from: number,
  inputFrom: number,
): Site => ({
  id,
  kind,
  from,
  to: from + 1,
  ...(inputFrom === from ? {} : { inputFrom }),
  values: [id, ...more.map((name) => `${id}.${name}`)],
  keeps: "value",
});

/** The site of what cross-attention `attention` reads of the text. */
export const textSite = (attention: string, from: number): Site => {
  const id = `${attention}.text`;
  return { id, kind: "text-kv", from, to: from + 1, values: [`${id}.k`, `${id}.v`], keeps: "value" };
};
