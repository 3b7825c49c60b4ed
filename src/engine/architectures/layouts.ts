import type { Site, SiteKind, SiteMap } from "../method.js";
import { byClassName } from "../models/by-class-name.js";
import { siteMap } from "../models/sites.js";
import { configReader } from "./config-reader.js";

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

const repeated = (prefix: string, count: number, subLayers: readonly SubLayerLayout[]): readonly BlockLayout[] =>
  Array.from({ length: count }, (_, layer) => ({ id: `${prefix}.${layer}`, subLayers }));

const one = (blocks: readonly BlockLayout[]): Layout => ({ blocks, stream: ["x"], last: ["x"] });
const two = (blocks: readonly BlockLayout[]): Layout => ({ blocks, stream: ["x", "context"], last: ["x"] });

const attn1: SubLayerLayout = ["attn1", "spatial-attention"];
const attn2: SubLayerLayout = ["attn2", "cross-attention"];
const joint: SubLayerLayout = ["attn", "spatial-attention", "context"];
const ff: SubLayerLayout = ["ff", "feed-forward"];
const ffContext: SubLayerLayout = ["ff_context", "feed-forward"];

type Count = (field: string, fallback: number, least?: number) => number;

/** Blocks of FLUX.1's two kinds; the numbers are the class's own. */
const dualThenSingle = (count: Count, dual: number, single: number): Layout =>
  two([
    ...repeated("transformer_blocks", count("num_layers", dual, 0), [joint, ff, ffContext]),
    ...repeated("single_transformer_blocks", count("num_single_layers", single, 0), [
      ["proj_mlp", "feed-forward"],
      ["attn", "spatial-attention"],
    ]),
  ]);

/** By class in diffusers. `count` reads a whole number of the config.json. */
const layouts: Readonly<Record<string, (count: Count, config: Readonly<Record<string, unknown>>) => Layout>> = {
  ChromaTransformer2DModel: (count) => dualThenSingle(count, 19, 38),
  CogVideoXTransformer3DModel: (count) =>
    two(
      repeated("transformer_blocks", count("num_layers", 30), [
        ["attn1", "spatial-attention", "context"],
        ["ff", "feed-forward", "context"],
      ]),
    ),
  DiTTransformer2DModel: (count) => one(repeated("transformer_blocks", count("num_layers", 28), [attn1, ff])),
  FluxTransformer2DModel: (count) => dualThenSingle(count, 19, 38),
  HunyuanVideoTransformer3DModel: (count) => dualThenSingle(count, 20, 40),
  LTXVideoTransformer3DModel: (count) =>
    one(repeated("transformer_blocks", count("num_layers", 28), [attn1, attn2, ff])),
  Flux2Transformer2DModel: (count) =>
    two([
      ...repeated("transformer_blocks", count("num_layers", 8, 0), [joint, ff, ffContext]),
      ...repeated("single_transformer_blocks", count("num_single_layers", 48, 0), [["attn", "spatial-attention"]]),
    ]),
  MochiTransformer3DModel(count) {
    const layers = count("num_layers", 48);
    return two(
      repeated("transformer_blocks", layers, []).map(({ id }, layer) => {
        const last = layer === layers - 1; // the text ends there
        const attention: SubLayerLayout = last ? attn1 : ["attn1", "spatial-attention", "context"];
        return { id, subLayers: last ? [attention, ff] : [attention, ff, ffContext] };
      }),
    );
  },
  PixArtTransformer2DModel: (count) => one(repeated("transformer_blocks", count("num_layers", 28), [attn1, attn2, ff])),
  QwenImageTransformer2DModel: (count) =>
    two(
      repeated("transformer_blocks", count("num_layers", 60), [
        joint,
        ["img_mlp", "feed-forward"],
        ["txt_mlp", "feed-forward"],
      ]),
    ),
  SD3Transformer2DModel(count, { dual_attention_layers: dual }) {
    const layers = count("num_layers", 18);
    const blocks = repeated("transformer_blocks", layers, []).map(({ id }, layer) => {
      const last = layer === layers - 1; // the text ends there: nobody reads it afterwards
      const second: readonly SubLayerLayout[] =
        Array.isArray(dual) && dual.includes(layer) ? [["attn2", "spatial-attention"]] : [];
      const attention: SubLayerLayout = last ? ["attn", "spatial-attention"] : joint;
      return { id, subLayers: [attention, ...second, ff, ...(last ? [] : [ffContext])] };
    });
    return two(blocks);
  },
  WanTransformer3DModel: (count) =>
    one(repeated("blocks", count("num_layers", 40), [attn1, attn2, ["ffn", "feed-forward"]])),
  ZImageTransformer2DModel: (count) =>
    one(
      repeated("layers", count("n_layers", 30), [
        ["attention", "spatial-attention"],
        ["feed_forward", "feed-forward"],
      ]),
    ),
};

/** The classes that have a layout. */
export const layoutClasses: readonly string[] = Object.keys(layouts);

/** @throws EngineError "model-unknown", "model-config" */
export const layoutOf = (config: unknown): Layout => {
  const reader = configReader(config, "Use the config.json that diffusers saved with the checkpoint.");
  return byClassName(layouts, config)(reader.whole, config as Readonly<Record<string, unknown>>);
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
      if (kind === "cross-attention") textKv.push(textSite(id, part++));
      subLayers.push(subLayerSite(id, kind, more, part));
      part += 2;
    }
    return { from, to: part };
  });
  return siteMap({ subLayers, textKv, blocks: spans, stream, last, parts: part, output: "prediction" });
};

/** The site of a sub-layer whose feature part `from` writes. */
export const subLayerSite = (id: string, kind: SiteKind, more: readonly string[], from: number): Site => ({
  id,
  kind,
  from,
  to: from + 1,
  values: [id, ...more.map((name) => `${id}.${name}`)],
  keeps: "value",
});

/** The site of what cross-attention `attention` reads of the text. */
export const textSite = (attention: string, from: number): Site => {
  const id = `${attention}.text`;
  return { id, kind: "text-kv", from, to: from + 1, values: [`${id}.k`, `${id}.v`], keeps: "value" };
};
