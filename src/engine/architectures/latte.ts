import { EngineError } from "../errors.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import { expectShape, type WeightStore } from "../graph/weights.js";
import type { Site, SiteKind } from "../method.js";
import { positions1d, positions2d, timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Part, Stream } from "../models/model.js";
import { type Span, siteMap } from "../models/sites.js";
import { tapsOf } from "../models/taps.js";
import { type Architecture, plain } from "./architecture.js";
import { latteConfig, latteWeights } from "./latte-config.js";

// B clips, F frames, S patches of a frame, T text rows, D width. The stream "x" is [B, F·S, D] everywhere, so a residual
// over several blocks has one layout (diffusers' spatial and temporal blocks see two, and its block caches stop on that).

/**
 * LatteTransformer3DModel of diffusers (arXiv:2401.03048): spatial and temporal blocks in turn, text by
 * cross-attention in the spatial ones, one adaLN table for all (PixArt's "ada_norm_single").
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
export const latte = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = latteConfig(json);
  const { heads, width: D, layers, patch, inChannels, outChannels, epsilon } = config;
  const { clips: B, frames: F, height, width, tokens: T } = geometry;
  if (height % patch || width % patch)
    throw new EngineError("input-invalid", `A frame of ${height}×${width} cannot be cut into patches of ${patch}.`, {
      hint: `Give latents whose height and width are multiples of ${patch}.`,
    });
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

  const parts: Part[] = [];
  const subLayers: Site[] = [];
  const textKv: Site[] = [];
  const blocks: Span[] = [];
  const part = (id: string, emit: (g: GraphBuilder, stream: Stream) => void): number => parts.push({ id, emit });

  part("timestep", (g, stream) => {
    const hidden = g.silu(g.linear(stream.get("timestep"), "adaln_single.emb.timestep_embedder.linear_1")); // [1, D]
    const embedded = g.linear(hidden, "adaln_single.emb.timestep_embedder.linear_2"); // [1, D]
    stream.set("embedded", embedded);
    stream.set("temb", g.reshape(g.linear(g.silu(embedded), "adaln_single.linear"), [6, D]));
  });
  part("caption_projection", (g, stream) => {
    const hidden = g.gelu(g.linear(stream.get("text"), "caption_projection.linear_1"), "tanh"); // [B, T, D]
    stream.set("caption", g.linear(hidden, "caption_projection.linear_2"));
  });
  part("pos_embed", (g, stream) => {
    const frames = g.reshape(g.transpose(stream.get("latents"), [0, 2, 1, 3, 4]), [B * F, inChannels, height, width]);
    const patches = g.node(
      "Conv",
      [frames, g.weight("pos_embed.proj.weight"), g.weight("pos_embed.proj.bias")],
      [B * F, D, rows, columns],
      { kernel_shape: [patch, patch], strides: [patch, patch] },
    ); // prettier-ignore
    const tokens = g.transpose(g.reshape(patches, [B * F, D, S]), [0, 2, 1]); // [B·F, S, D]
    stream.set("x", g.reshape(g.add(tokens, g.weight(spatial)), [B, F * S, D]));
  });

  /** The six rows of a block's modulation for this timestep, each [D]; scales have 1 added. */
  const modulation = (g: GraphBuilder, stream: Stream, block: string) =>
    g.once(`modulation ${block}`, () => {
      const table = g.add(g.weight(`${block}.scale_shift_table`), stream.get("temb")); // [6, D]
      const row = (index: number): GraphValue => g.reshape(g.slice(table, 0, index, index + 1), [D]);
      const one = g.scalar(1);
      return {
        attention: { shift: row(0), scale: g.add(row(1), one), gate: row(2) },
        feedForward: { shift: row(3), scale: g.add(row(4), one), gate: row(5) },
      };
    });

  /** One sub-layer: a site that writes its feature, then the cheap way back into the stream. */
  const subLayer = (
    id: string,
    kind: SiteKind,
    emit: (g: GraphBuilder, x: GraphValue, stream: Stream) => GraphValue,
    gate?: (g: GraphBuilder, stream: Stream) => GraphValue,
    norm?: (g: GraphBuilder, stream: Stream) => GraphValue,
  ): void => {
    const from = parts.length;
    const source = norm ? `${id}.input` : "x";
    if (norm) part(source, (g, stream) => stream.set(source, norm(g, stream)));
    part(id, (g, stream) => stream.set(id, emit(g, stream.get(source), stream)));
    subLayers.push({ id, kind, from, to: parts.length, values: [id], keeps: "value" });
    part(`${id}.merge`, (g, stream) => {
      const feature = stream.get(id);
      stream.set("x", g.add(stream.get("x"), gate ? g.mul(gate(g, stream), feature) : feature));
    });
  };

  /** What cross-attention reads of the text: in its block, so that it rests when the block rests. */
  const textOf = (attention: string): void => {
    const id = `${attention}.text`;
    const [k, v] = [`${id}.k`, `${id}.v`] as const;
    part(id, (g, stream) => {
      stream.set(k, g.linear(stream.get("caption"), `${attention}.to_k`)); // [B, T, D]
      stream.set(v, g.linear(stream.get("caption"), `${attention}.to_v`));
    });
    textKv.push({ id, kind: "text-kv", from: parts.length - 1, to: parts.length, values: [k, v], keeps: "value" });
  };

  const attend = (g: GraphBuilder, id: string, x: GraphValue, k: GraphValue, v: GraphValue): GraphValue =>
    g.linear(g.attention(g.linear(x, `${id}.to_q`), k, v, heads), `${id}.to_out.0`);
  const attention = (g: GraphBuilder, id: string, x: GraphValue): GraphValue =>
    attend(g, id, x, g.linear(x, `${id}.to_k`), g.linear(x, `${id}.to_v`));

  const block = (id: string, temporal: boolean): void => {
    const from = parts.length;
    const normed = (branch: "attention" | "feedForward") => (g: GraphBuilder, stream: Stream) => {
      const { scale, shift } = modulation(g, stream, id)[branch];
      return g.layerNorm(stream.get("x"), scale, shift, epsilon);
    };
    const gated = (branch: "attention" | "feedForward") => (g: GraphBuilder, stream: Stream) =>
      modulation(g, stream, id)[branch].gate;

    if (temporal)
      subLayer(
        `${id}.attn1`,
        "temporal-attention",
        (g, x) => {
          const tracks = g.reshape(g.transpose(g.reshape(x, [B, F, S, D]), [0, 2, 1, 3]), [B * S, F, D]);
          const out = g.reshape(attention(g, `${id}.attn1`, tracks), [B, S, F, D]);
          return g.reshape(g.transpose(out, [0, 2, 1, 3]), [B, F * S, D]);
        },
        gated("attention"),
        normed("attention"),
      ); // prettier-ignore
    else {
      subLayer(
        `${id}.attn1`,
        "spatial-attention",
        (g, x) => {
          const frames = g.reshape(x, [B * F, S, D]);
          return g.reshape(attention(g, `${id}.attn1`, frames), [B, F * S, D]);
        },
        gated("attention"),
        normed("attention"),
      ); // prettier-ignore
      textOf(`${id}.attn2`);
      // PixArt's blocks have neither norm nor gate around cross-attention.
      subLayer(`${id}.attn2`, "cross-attention", (g, x, stream) =>
        attend(g, `${id}.attn2`, x, stream.get(`${id}.attn2.text.k`), stream.get(`${id}.attn2.text.v`)),
      );
    }
    subLayer(
      `${id}.ff`,
      "feed-forward",
      (g, x) => {
        const hidden = g.gelu(g.linear(x, `${id}.ff.net.0.proj`), config.gelu); // [B, F·S, 4·D]
        return g.linear(hidden, `${id}.ff.net.2`);
      },
      gated("feedForward"),
      normed("feedForward"),
    ); // prettier-ignore
    blocks.push({ from, to: parts.length });
  };

  for (let layer = 0; layer < layers; layer++) {
    block(`transformer_blocks.${layer}`, false);
    if (layer === 0 && F > 1)
      part("temp_pos_embed", (g, stream) => {
        const perFrame = g.reshape(g.weight(temporal), [1, F, 1, D]);
        const x = g.add(g.reshape(stream.get("x"), [B, F, S, D]), perFrame);
        stream.set("x", g.reshape(x, [B, F * S, D]));
      });
    block(`temporal_transformer_blocks.${layer}`, true);
  }

  part("proj_out", (g, stream) => {
    const table = g.add(g.weight("scale_shift_table"), stream.get("embedded")); // [2, D]
    const shift = g.reshape(g.slice(table, 0, 0, 1), [D]);
    const scale = g.add(g.reshape(g.slice(table, 0, 1, 2), [D]), g.scalar(1));
    const out = g.linear(g.layerNorm(stream.get("x"), scale, shift, 1e-6), "proj_out"); // [B, F·S, p·p·C]
    const pixels = g.reshape(out, [B * F, rows, columns, patch, patch, outChannels]);
    const frames = g.transpose(pixels, [0, 5, 1, 3, 2, 4]); // [B·F, C, rows, p, columns, p]
    stream.set("prediction", g.transpose(g.reshape(frames, [B, F, outChannels, height, width]), [0, 2, 1, 3, 4]));
  });

  const conditions = [{ name: "text", dims: [B, T, config.captionChannels] }];
  const firstInput = subLayers[0] as Site;
  return {
    architecture: "LatteTransformer3DModel",
    key: `latte ${B}×${F}×${height}×${width}+${T}`,
    parameters: weights.parameters,
    parts,
    sites: siteMap({ subLayers, textKv, blocks, stream: ["x"], parts: parts.length, output: "prediction" }),
    tap: tapsOf({
      architecture: "LatteTransformer3DModel",
      stream: "x",
      blocks,
      subLayers,
      parts: parts.length,
      modulatedInput: { value: `${firstInput.id}.input`, after: firstInput.from + 1 },
      timestepEmbedding: { value: "embedded", after: 1 },
    }),
    inputs: [
      { name: "latents", dims: [B, inChannels, F, height, width] },
      { name: "timestep", dims: [1, 256] },
      ...conditions,
    ],
    volume: (_, latents) => latents,
    conditions,
    output: "prediction",
    weights,
    embedTimestep: (timestep) => timestepEmbedding(timestep, 256),
  };
};

export const architecture: Architecture = {
  ...plain,
  build: latte,
  shape(config) {
    const { inChannels, frames, sampleSize } = latteConfig(config);
    return { channels: inChannels, frames, height: sampleSize, width: sampleSize };
  },
};
