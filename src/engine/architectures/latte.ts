import { EngineError } from "../errors.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import { expectShape, type WeightStore } from "../graph/weights.js";
import { positions1d, positions2d, timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model } from "../models/model.js";
import { type Architecture, expectPatches, plain } from "./architecture.js";
import { adaNormSingle } from "./kit/ada-norm-single.js";
import { layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { type SingleStream, singleStreamBlock } from "./kit/single-stream.js";
import { latteConfig, latteWeights } from "./latte-config.js";
import { layoutOf } from "./layouts.js";

/**
 * LatteTransformer3DModel of diffusers (arXiv:2401.03048): spatial and temporal blocks in turn, text by
 * cross-attention in the spatial ones, one adaLN table for all (PixArt's "ada_norm_single").
 *
 * B clips, F frames, S patches of a frame, D width. The stream "x" is [B, F·S, D] everywhere, so a residual over several
 * blocks has one layout (diffusers' spatial and temporal blocks see two, and its block caches stop on that).
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
export const latte = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = latteConfig(json);
  const { heads, width: D, patch, inChannels, outChannels, epsilon } = config;
  const { clips: B, frames: F, height, width, tokens: T } = geometry;
  const patches = [1, patch, patch] as const;
  expectPatches(geometry, patches);
  if (F > config.frames)
    throw new EngineError("input-invalid", `The model was made for ${config.frames} frames, not ${F}.`, {
      hint: `Give at most ${config.frames} frames.`,
    });
  const [rows, columns] = [height / patch, width / patch];
  const S = rows * columns;
  const grid = { base: Math.floor(config.sampleSize / patch), scale: Math.max(1, Math.floor(config.sampleSize / 64)) };
  const spatial = `positions ${rows}×${columns}`;
  const temporal = `positions ${F}`;
  weights.define(spatial, () => positions2d(rows, columns, D, grid));
  weights.define(temporal, () => positions1d(F, D));
  for (const [name, dims] of latteWeights(config)) expectShape(weights, name, dims);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  const single = adaNormSingle(layers, D);
  part("adaln_single", single.embed);
  part("caption_projection", single.caption);
  part("pos_embed", (g, stream) => {
    const tokens = layers.patches(g, stream.get("latents"), "pos_embed.proj", D, patches);
    const placed = g.add(g.reshape(tokens, [B * F, S, D]), g.weight(spatial));
    stream.set("x", g.reshape(placed, [B, F * S, D]));
  });
  const shared: SingleStream = {
    ...{ layers, heads, headWidth: D / heads, bias: config.attentionBias },
    modulation: single.modulation,
    norms: { epsilon: [epsilon, epsilon] },
    feedForward: { name: "ff", activation: config.activation },
    // PixArt's blocks have neither norm nor gate around cross-attention.
    cross: {},
  };
  const inFrame: SingleStream = {
    ...shared,
    sequences: {
      split: (g, x) => g.reshape(x, [B * F, S, D]),
      join: (g, x) => g.reshape(x, [B, F * S, D]),
    },
  };
  const swapped = (g: GraphBuilder, x: GraphValue, dims: readonly number[]): GraphValue =>
    g.transpose(g.reshape(x, dims), [0, 2, 1, 3]);
  const overTime: SingleStream = {
    ...shared,
    sequences: {
      split: (g, x) => g.reshape(swapped(g, x, [B, F, S, D]), [B * S, F, D]),
      join: (g, x) => g.reshape(swapped(g, x, [B, S, F, D]), [B, F * S, D]),
    },
  };
  for (const [index, one] of layout.blocks.entries()) {
    block(one, singleStreamBlock(one.id, index % 2 ? overTime : inFrame));
    if (index === 0 && F > 1)
      part("temp_pos_embed", (g, stream) => {
        const x = g.reshape(stream.get("x"), [B, F, S, D]);
        stream.set("x", g.reshape(g.add(x, g.reshape(g.weight(temporal), [1, F, 1, D])), [B, F * S, D]));
      });
  }
  part("proj_out", (g, stream) => {
    const out = single.head(g, stream, patch ** 2 * outChannels);
    stream.set("prediction", layers.unpatched(g, out, [B, outChannels, F, height, width], patches));
  });

  const conditions = [{ name: "text", dims: [B, T, config.captionChannels] }];
  return model({
    architecture: "LatteTransformer3DModel",
    key: `latte ${B}×${F}×${height}×${width}+${T}`,
    inputs: [
      { name: "latents", dims: [B, inChannels, F, height, width] },
      { name: "timestep", dims: [1, 256] },
      ...conditions,
    ],
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, 256),
  });
};

export const architecture: Architecture = {
  ...plain,
  build: latte,
  shape(config) {
    const { inChannels, frames, sampleSize } = latteConfig(config);
    return { channels: inChannels, frames, height: sampleSize, width: sampleSize };
  },
};
