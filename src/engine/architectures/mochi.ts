import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import { expectShape, type WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { centredPositions, learnedTables } from "../models/rotary.js";
import {
  type Architecture,
  defineRope,
  expectPatches,
  hidden,
  plain,
  readRows,
  textConditions,
  withImage,
} from "./architecture.js";
import { configReader } from "./config-reader.js";
import { imageNames, type JointStreams, jointBlock, sandwich, textNames } from "./kit/joint-streams.js";
import { activations, layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { textPool } from "./kit/text-pool.js";
import { layoutOf } from "./layouts.js";

/** Heads of the attention that makes one row of the text. */
const poolHeads = 8;

const read = (json: unknown) => {
  const config = configReader(json, "Only Mochi checkpoints as diffusers saves them are supported.");
  config.ignore("max_sequence_length");
  config.oneOf("qk_norm", "rms_norm", ["rms_norm"]);
  const [heads, headWidth] = [config.whole("num_attention_heads", 24), config.whole("attention_head_dim", 128)];
  if (headWidth % 2) config.refuse("attention_head_dim", "an even number");
  const inChannels = config.whole("in_channels", 12);
  const found = {
    ...{ heads, headWidth, inChannels },
    patch: config.whole("patch_size", 2),
    layers: config.whole("num_layers", 48),
    /** Of the text in the blocks, which is narrower than the video. */
    textWidth: config.whole("pooled_projection_dim", 1536),
    textChannels: config.whole("text_embed_dim", 4096),
    timeChannels: config.whole("time_embed_dim", 256),
    activation: config.oneOf("activation_fn", "swiglu", activations),
  };
  if (found.textChannels % poolHeads) config.refuse("text_embed_dim", `a multiple of ${poolHeads}`);
  if (found.timeChannels % 2) config.refuse("time_embed_dim", "an even number");
  if ((config.maybe("out_channels") ?? inChannels) !== inChannels)
    config.refuse("out_channels", `in_channels = ${inChannels}`);
  config.done();
  return found;
};

/**
 * MochiTransformer3DModel of diffusers (Mochi 1, Genmo 2024): a wide video stream and a narrow text stream attend jointly,
 * each with an RMSNorm before and behind every sub-layer; the frequencies of the video's rotary positions are learned.
 * The text ends in the last block. Streams: "x" [B, N, D], "context" [B, T, P].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, patch, textWidth: P, textChannels, timeChannels } = config;
  const { clips: B, frames: F, height, width, tokens: T, masked = false } = geometry;
  const D = heads * headWidth;
  const epsilon = 1e-6;
  const patches = [1, patch, patch] as const;
  expectPatches(geometry, patches);
  const [rows, columns] = [height / patch, width / patch];
  const N = F * rows * columns;
  expectShape(weights, "pos_frequencies", [3, heads, headWidth / 2]);
  const rope = `${F}×${rows}×${columns}+${T}`;
  const positions = [...centredPositions(F, rows, columns, 192 * 192), ...Array<number[]>(T).fill([0, 0, 0])];
  defineRope(weights, rope, learnedTables(positions, weights.get("pos_frequencies")));

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  const mask = (stream: Stream): GraphValue | undefined => (masked ? stream.get("mask") : undefined);
  part("time_embed", (g, stream) => {
    const text = stream.get("text");
    const pool = { name: "time_embed.pooler", heads: poolHeads, width: D };
    const time = layers.embedder(g, stream.get("timestep"), "time_embed.timestep_embedder", D);
    stream.set("temb", g.silu(g.add(time, textPool(g, layers, text, mask(stream), pool))));
    stream.set("context", layers.linear(g, text, "time_embed.caption_proj", P));
  });
  part("patch_embed", (g, stream) =>
    stream.set("x", layers.patches(g, stream.get("latents"), "patch_embed.proj", D, patches)),
  );
  const modulation = (name: string, count: number, channels: number) => (g: GraphBuilder, stream: Stream, id: string) =>
    layers.modulation(g, stream.get("temb"), `${id}.${name}`, count, channels);
  const network = (channels: number) => ({ inner: Math.floor((8 * channels) / 3) });
  const { out: _, feedForward: __, ...names } = textNames(); // the text ends in the last block
  for (const [layer, one] of layout.blocks.entries()) {
    const last = layer === config.layers - 1;
    const table: JointStreams = {
      ...{ layers, heads, headWidth, epsilon, around: sandwich(layers, epsilon), attention: "attn1", rope },
      ...{ order: "image-first", qkNorm: { kind: "rms-head", epsilon: 1e-5 }, activation: config.activation },
      ...{ bias: false, outBias: true },
      mask: (g, stream) =>
        masked ? g.once("mask", () => hidden(g, withImage(g, stream.get("mask"), N, "first"))) : undefined,
      x: { modulation: modulation("norm1.linear", 4, D), ...imageNames(), network: network(D) },
      context: last
        ? { ...names, modulation: modulation("norm1_context.linear_1", 1, P) }
        : { ...textNames(), modulation: modulation("norm1_context.linear", 4, P), network: network(P) },
    };
    block(one, jointBlock(one.id, table));
  }
  part("proj_out", (g, stream) => {
    const normed = layers.continuous(g, stream.get("x"), stream.get("temb"), "norm_out.linear", epsilon);
    const out = layers.linear(g, normed, "proj_out", patch ** 2 * inChannels);
    stream.set("prediction", layers.unpatched(g, out, [B, inChannels, F, height, width], patches));
  });

  const conditions = textConditions(geometry, textChannels);
  return model({
    architecture: "MochiTransformer3DModel",
    key: `mochi ${B}×${F}×${height}×${width}+${T}${masked ? " masked" : ""}`,
    inputs: [
      { name: "latents", dims: [B, inChannels, F, height, width] },
      { name: "timestep", dims: [1, timeChannels] },
      ...conditions,
    ],
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, timeChannels),
  });
};

export const architecture: Architecture = {
  ...plain,
  build,
  /** diffusers' attention returns the rows that are read as the first ones: only a mask that reads the first is clear. */
  condition(name, value) {
    if (name === "mask") readRows(value, "The mask of the text");
    return value;
  },
  // 19 frames of 480 × 848 pixels, as MochiPipeline makes them unless asked for others.
  shape: (json) => ({ channels: read(json).inChannels, frames: 4, height: 60, width: 106 }),
};
