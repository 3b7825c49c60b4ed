import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { positions2d, timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { type Architecture, expectPatches, hidden, plain } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { adaNormSingle } from "./kit/ada-norm-single.js";
import { activations, layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { type SingleStream, singleStreamBlock } from "./kit/single-stream.js";
import { layoutOf } from "./layouts.js";

const read = (json: unknown) => {
  const config = configReader(json, "Only PixArt checkpoints (α, Σ) as diffusers saves them are supported.");
  config.ignore("dropout", "norm_num_groups", "upcast_attention", "num_embeds_ada_norm");
  config.oneOf("norm_type", "ada_norm_single", ["ada_norm_single"]);
  config.oneOf("attention_type", "default", ["default"]);
  const [heads, headWidth] = [config.whole("num_attention_heads", 16), config.whole("attention_head_dim", 72)];
  const width = heads * headWidth;
  if (width % 4) config.refuse("attention_head_dim", "heads × attention_head_dim divisible by 4");
  const inChannels = config.whole("in_channels", 4);
  const sampleSize = config.whole("sample_size", 128);
  const captionChannels = config.maybe("caption_channels");
  const found = {
    ...{ heads, headWidth, inChannels, sampleSize, captionChannels },
    outChannels: config.get("out_channels") === null ? inChannels : config.whole("out_channels", 8),
    layers: config.whole("num_layers", 28),
    patch: config.whole("patch_size", 2),
    textWidth: config.whole("cross_attention_dim", 1152),
    bias: config.flag("attention_bias", true),
    affine: config.flag("norm_elementwise_affine", false),
    epsilon: config.real("norm_eps", 1e-6),
    activation: config.oneOf("activation_fn", "gelu-approximate", activations),
    scale:
      (config.get("interpolation_scale") ?? null) === null
        ? Math.max(1, Math.floor(sampleSize / 64))
        : config.real("interpolation_scale", 1),
    /** Whether the model is told the size of the picture. */
    sized:
      (config.get("use_additional_conditions") ?? null) === null
        ? sampleSize === 128
        : config.flag("use_additional_conditions", false),
  };
  if (captionChannels !== undefined && found.textWidth !== width)
    config.refuse("cross_attention_dim", `the width ${width}, to which the text is projected`);
  if (found.outChannels !== inChannels && found.outChannels !== 2 * inChannels)
    config.refuse("out_channels", `in_channels = ${inChannels}, or twice that with a learned variance`);
  if (found.sized && width % 3) config.refuse("attention_head_dim", "heads × attention_head_dim divisible by 3");
  config.done();
  return found;
};

/**
 * PixArtTransformer2DModel of diffusers (arXiv:2310.00426, arXiv:2403.04692): blocks of self-attention, cross-attention
 * to the text and feed-forward, one adaLN table for all. The stream "x" is [B, S, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, outChannels, patch, epsilon, captionChannels, textWidth } = config;
  const { clips: B, height, width, tokens: T, masked = false } = geometry;
  const D = heads * headWidth;
  const patches = [1, patch, patch] as const;
  expectPatches(geometry, patches, true);
  const [rows, columns] = [height / patch, width / patch];
  const positions = `positions ${rows}×${columns}`;
  weights.define(positions, () =>
    positions2d(rows, columns, D, { base: Math.floor(config.sampleSize / patch), scale: config.scale }),
  );
  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  const single = adaNormSingle(layers, D);
  const conditions = [
    { name: "text", dims: [B, T, captionChannels ?? textWidth] },
    ...(masked ? [{ name: "mask", dims: [B, T] }] : []),
    ...(config.sized
      ? ["resolution", "aspect_ratio"].map((name) => ({ name, dims: [name === "resolution" ? 2 : 1, 256] }))
      : []),
  ];

  part("adaln_single", (g, stream) => {
    const sized = (name: string, count: number): GraphValue =>
      g.reshape(layers.embedder(g, stream.get(name), `adaln_single.emb.${name}_embedder`, D / 3), [1, (count * D) / 3]);
    const size = config.sized ? g.concat([sized("resolution", 2), sized("aspect_ratio", 1)], 1) : undefined;
    single.embed(g, stream, size);
  });
  part("caption_projection", (g, stream) =>
    captionChannels === undefined ? stream.set("caption", stream.get("text")) : single.caption(g, stream),
  );
  part("pos_embed", (g, stream) => {
    const tokens = layers.patches(g, stream.get("latents"), "pos_embed.proj", D, patches);
    stream.set("x", g.add(tokens, g.weight(positions)));
  });
  const one: SingleStream = {
    ...{ layers, heads, headWidth, bias: config.bias },
    modulation: single.modulation,
    norms: { epsilon: [epsilon, epsilon], ...(config.affine ? { affine: ["norm1", "norm2"] } : {}) },
    feedForward: { name: "ff", activation: config.activation },
    // PixArt's blocks have neither norm nor gate around cross-attention.
    cross: { bias: (g: GraphBuilder, stream: Stream) => (masked ? hidden(g, stream.get("mask")) : undefined) },
  };
  for (const each of layout.blocks) block(each, singleStreamBlock(each.id, one));
  part("proj_out", (g, stream) => {
    const out = single.head(g, stream, patch ** 2 * outChannels);
    const video = layers.unpatched(g, out, [B, outChannels, 1, height, width], patches);
    stream.set("prediction", outChannels === inChannels ? video : g.slice(video, 1, 0, inChannels));
  });
  return model({
    architecture: "PixArtTransformer2DModel",
    key: `pixart ${B}×${height}×${width}+${T}${masked ? " masked" : ""}`,
    inputs: [
      { name: "latents", dims: [B, inChannels, 1, height, width] },
      { name: "timestep", dims: [1, 256] },
      ...conditions,
    ],
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, 256),
  });
};

export const architecture: Architecture = {
  ...plain,
  build,
  shape(json) {
    const { inChannels, sampleSize } = read(json);
    return { channels: inChannels, frames: 1, height: sampleSize, width: sampleSize };
  },
  /** A model that is told the size is told that of the picture, eight pixels to a latent, as PixArtAlphaPipeline does. */
  guided(inputs, scale, json) {
    if (!read(json).sized) return { ...inputs, guidance: scale };
    const [height, width] = inputs.noise.dims.slice(3) as [number, number];
    const size = {
      resolution: { dims: [2], data: Float32Array.of(8 * height, 8 * width) },
      aspect_ratio: { dims: [1], data: Float32Array.of(height / width) },
    };
    const { cond, uncond } = inputs;
    return {
      ...inputs,
      cond: { ...size, ...cond },
      ...(uncond && { uncond: { ...size, ...uncond } }),
      guidance: scale,
    };
  },
  condition(name, value) {
    if (name !== "resolution" && name !== "aspect_ratio") return value;
    const rows = Array.from(value.data, (number) => timestepEmbedding(number, 256).data);
    return { dims: [rows.length, 256], data: Float32Array.from(rows.flatMap((row) => [...row])) };
  },
};
