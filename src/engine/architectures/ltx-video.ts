import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { packed, unpacked } from "../models/packing.js";
import { type Architecture, hidden, plain, textConditions } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { tokenTimes, withoutFirstFrame } from "./kit/first-frame.js";
import { activations, layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { type SingleStream, singleStreamBlock } from "./kit/single-stream.js";
import { layoutOf } from "./layouts.js";
import { givenPositions, ltxRotation } from "./ltx-positions.js";

const read = (json: unknown) => {
  const config = configReader(
    json,
    "Only text-to-video checkpoints of LTX-Video as diffusers saves them are supported.",
  );
  // A token is one latent: LTXPipeline packs larger patches into more channels than the network takes.
  config.oneOf("patch_size", 1, [1]);
  config.oneOf("patch_size_t", 1, [1]);
  config.oneOf("qk_norm", "rms_norm_across_heads", ["rms_norm_across_heads"]);
  const [heads, headWidth] = [config.whole("num_attention_heads", 32), config.whole("attention_head_dim", 64)];
  const width = heads * headWidth;
  if (headWidth % 2 || width < 6)
    config.refuse("attention_head_dim", "an even number; 6 channels in all heads together");
  const inChannels = config.whole("in_channels", 128);
  const found = {
    ...{ heads, headWidth, width, inChannels },
    layers: config.whole("num_layers", 28),
    captionChannels: config.whole("caption_channels", 4096),
    activation: config.oneOf("activation_fn", "gelu-approximate", activations),
    affine: config.flag("norm_elementwise_affine", false),
    epsilon: config.real("norm_eps", 1e-6),
    bias: config.flag("attention_bias", true),
    outBias: config.flag("attention_out_bias", true),
  };
  if (config.get("out_channels") !== null && config.whole("out_channels", 128) !== inChannels)
    config.refuse("out_channels", `in_channels = ${inChannels}`);
  if (config.whole("cross_attention_dim", 2048) !== width)
    config.refuse("cross_attention_dim", `the width ${width}, to which the text is projected`);
  config.done();
  return found;
};

/**
 * LTXVideoTransformer3DModel of diffusers (arXiv:2501.00103): blocks of self-attention over all latents of a clip with
 * rotary positions across the whole width, cross-attention and feed-forward, one adaLN table for all. Latents are packed
 * into tokens as LTXPipeline packs them. The stream "x" is [B, S, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, width: D, inChannels, epsilon } = config;
  const { clips: B, frames: F, height, width, tokens: T, masked = false } = geometry;
  const S = F * height * width;
  const rope = ltxRotation(weights, geometry, heads, headWidth);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  const times = tokenTimes(layers, geometry, { tokens: S, zero: timestepEmbedding(0, 256) });
  part("time_embed", (g, stream) => {
    const entering = times.entering(g, stream.get("timestep"));
    stream.set("temb", layers.embedder(g, entering, "time_embed.emb.timestep_embedder", D));
    stream.set("rows", layers.linear(g, g.silu(stream.get("temb")), "time_embed.linear", 6 * D));
  });
  part("caption_projection", (g, stream) =>
    stream.set("caption", layers.embedder(g, stream.get("text"), "caption_projection", D, "gelu")),
  );
  part("proj_in", (g, stream) => stream.set("x", layers.linear(g, stream.get("latents"), "proj_in", D)));
  const table: SingleStream = {
    ...{ layers, heads, headWidth, bias: config.bias, outBias: config.outBias, rope: rope.tables },
    modulation: (g: GraphBuilder, stream: Stream, id: string): readonly GraphValue[] =>
      g.once(`modulation ${id}`, () =>
        times.rows(g, layers.weight(g, `${id}.scale_shift_table`, [6, D]), stream.get("rows"), 6),
      ),
    norms: { kind: "rms", epsilon: [epsilon, epsilon], ...(config.affine ? { affine: ["norm1", "norm2"] } : {}) },
    qkNorm: { kind: "rms-all", epsilon: 1e-5 },
    cross: { bias: (g: GraphBuilder, stream: Stream) => (masked ? hidden(g, stream.get("mask")) : undefined) },
    feedForward: { name: "ff", activation: config.activation },
  };
  for (const one of layout.blocks) block(one, singleStreamBlock(one.id, table));
  part("proj_out", (g, stream) => {
    const own = layers.weight(g, "scale_shift_table", [2, D]);
    const [shift, scale] = times.rows(g, own, stream.get("temb"), 2) as [GraphValue, GraphValue];
    const normed = layers.modulated(g, stream.get("x"), { shift, scale }, 1e-6);
    stream.set("prediction", layers.linear(g, normed, "proj_out", inChannels)); // [B, S, C]
  });

  const conditions = [...textConditions(geometry, config.captionChannels), ...rope.conditions];
  return model({
    architecture: "LTXVideoTransformer3DModel",
    key: `ltx ${B}×${F}×${height}×${width}+${T}${masked ? " masked" : ""}${rope.conditions.length > 0 ? " placed" : ""}${times.key}`,
    inputs: [{ name: "latents", dims: [B, S, inChannels] }, { name: "timestep", dims: [1, 256] }, ...conditions],
    volume: (g, latents) => g.reshape(g.transpose(latents, [0, 2, 1]), [B, inChannels, F, height, width]),
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, 256),
  });
};

const positions = givenPositions((json) => read(json));

export const architecture: Architecture = {
  ...plain,
  ...positions,
  guided: (inputs, scale, json) => positions.guided(withoutFirstFrame(inputs), scale, json),
  firstFrame: true, // as LTXImageToVideoPipeline
  build,
  // 161 frames of 512 × 704 pixels, as LTXPipeline makes them unless asked for others.
  shape: (json) => ({ channels: read(json).inChannels, frames: 21, height: 16, width: 22 }),
  pack: (noise) => packed(noise, 1),
  unpack: (data, dims) => unpacked(data, dims, 1),
};
