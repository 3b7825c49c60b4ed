import { byClassName } from "../models/by-class-name.js";
import { configReader } from "./config-reader.js";
import {
  attn1,
  attn2,
  type BlockLayout,
  ff,
  type Layout,
  latteLayout,
  oneStream,
  repeated,
  type SubLayerLayout,
} from "./layout.js";

const twoStreams = (blocks: readonly BlockLayout[]): Layout => ({ blocks, stream: ["x", "context"], last: ["x"] });

const joint: SubLayerLayout = ["attn", "spatial-attention", "context"];
const ffContext: SubLayerLayout = ["ff_context", "feed-forward"];

type Count = (field: string, fallback: number, least?: number) => number;

/** Blocks of FLUX.1's two kinds; the numbers are the class's own. */
const dualThenSingle = (count: Count, dual: number, single: number): Layout =>
  twoStreams([
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
    twoStreams(
      repeated("transformer_blocks", count("num_layers", 30), [
        ["attn1", "spatial-attention", "context"],
        ["ff", "feed-forward", "context"],
      ]),
    ),
  DiTTransformer2DModel: (count) => oneStream(repeated("transformer_blocks", count("num_layers", 28), [attn1, ff])),
  FluxTransformer2DModel: (count) => dualThenSingle(count, 19, 38),
  HunyuanVideoTransformer3DModel: (count) => dualThenSingle(count, 20, 40),
  LatteTransformer3DModel: (count) => latteLayout(count("num_layers", 1, 0)),
  LTXVideoTransformer3DModel: (count) =>
    oneStream(repeated("transformer_blocks", count("num_layers", 28), [attn1, attn2, ff])),
  Flux2Transformer2DModel: (count) =>
    twoStreams([
      ...repeated("transformer_blocks", count("num_layers", 8, 0), [joint, ff, ffContext]),
      ...repeated("single_transformer_blocks", count("num_single_layers", 48, 0), [["attn", "spatial-attention"]]),
    ]),
  MochiTransformer3DModel(count) {
    const layers = count("num_layers", 48);
    return twoStreams(
      repeated("transformer_blocks", layers, []).map(({ id }, layer) => {
        const last = layer === layers - 1; // the text ends there
        const attention: SubLayerLayout = last ? attn1 : ["attn1", "spatial-attention", "context"];
        return { id, subLayers: last ? [attention, ff] : [attention, ff, ffContext] };
      }),
    );
  },
  PixArtTransformer2DModel: (count) =>
    oneStream(repeated("transformer_blocks", count("num_layers", 28), [attn1, attn2, ff])),
  QwenImageTransformer2DModel: (count) =>
    twoStreams(
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
    return twoStreams(blocks);
  },
  WanTransformer3DModel: (count) =>
    oneStream(repeated("blocks", count("num_layers", 40), [attn1, attn2, ["ffn", "feed-forward"]])),
  ZImageTransformer2DModel: (count) =>
    oneStream(
      repeated("layers", count("n_layers", 30), [
        ["attention", "spatial-attention"],
        ["feed_forward", "feed-forward"],
      ]),
    ),
};

/** @throws EngineError "model-unknown", "model-config" */
export const layoutOf = (config: unknown): Layout => {
  const reader = configReader(config, "Use the config.json that diffusers saved with the checkpoint.");
  return byClassName(layouts, config)(reader.whole, config as Readonly<Record<string, unknown>>);
};
