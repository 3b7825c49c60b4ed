import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { packed, unpacked } from "../models/packing.js";
import { gridPositions } from "../models/rotary.js";
import {
  type Architecture,
  expectPatches,
  hidden,
  plain,
  ropeTables,
  textConditions,
  withImage,
} from "./architecture.js";
import { configReader } from "./config-reader.js";
import { imageNames, type JointStreams, jointBlock, textNames } from "./kit/joint-streams.js";
import { layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { layoutOf } from "./layouts.js";

const read = (json: unknown) => {
  const config = configReader(
    json,
    "Only text-to-image checkpoints of Qwen-Image as diffusers saves them are supported.",
  );
  for (const field of ["guidance_embeds", "zero_cond_t", "use_additional_t_cond", "use_layer3d_rope"])
    if (config.flag(field, false)) config.refuse(field, "false");
  const [heads, headWidth] = [config.whole("num_attention_heads", 24), config.whole("attention_head_dim", 128)];
  const axes = config.wholes("axes_dims_rope", [16, 56, 56], 3);
  if (axes.some((axis) => axis % 2) || axes.reduce((sum, axis) => sum + axis, 0) !== headWidth)
    config.refuse("axes_dims_rope", `even numbers that add up to attention_head_dim = ${headWidth}`);
  const inChannels = config.whole("in_channels", 64);
  const patch = config.whole("patch_size", 2);
  const outChannels = config.get("out_channels") === null ? inChannels : config.whole("out_channels", 16);
  if (outChannels * patch ** 2 !== inChannels)
    config.refuse("out_channels", `in_channels / patch_size² = ${inChannels / patch ** 2}`);
  const [layers, textChannels] = [config.whole("num_layers", 60), config.whole("joint_attention_dim", 3584)];
  config.done();
  return { heads, headWidth, axes, inChannels, outChannels, patch, layers, textChannels };
};

/**
 * QwenImageTransformer2DModel of diffusers (arXiv:2508.02324): image and text with weights of their own attend jointly,
 * with rotary positions counted from the middle of the picture. Latents are packed into tokens as QwenImagePipeline
 * packs them. Streams: "x" [B, N, D], "context" [B, T, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, outChannels, patch, textChannels } = config;
  const { clips: B, height, width, tokens: T, masked = false } = geometry;
  const D = heads * headWidth;
  expectPatches(geometry, [1, patch, patch], true);
  const [rows, columns] = [height / patch, width / patch];
  const N = rows * columns;
  const rope = `${rows}×${columns}+${T}`;
  const middle = [0, -Math.ceil(rows / 2), -Math.ceil(columns / 2)];
  // The text goes on where the picture ends, on all axes at once.
  const after = Math.max(Math.floor(rows / 2), Math.floor(columns / 2));
  const text = Array.from({ length: T }, (_, index) => Array<number>(3).fill(after + index));
  ropeTables(weights, rope, [...text, ...gridPositions(1, rows, columns, middle)], config.axes);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  part("time_text_embed", (g, stream) =>
    stream.set("temb", g.silu(layers.embedder(g, stream.get("timestep"), "time_text_embed.timestep_embedder", D))),
  );
  part("embedders", (g, stream) => {
    stream.set("x", layers.linear(g, stream.get("latents"), "img_in", D));
    stream.set("context", layers.linear(g, layers.rmsNorm(g, stream.get("text"), 1e-6, "txt_norm"), "txt_in", D));
  });
  const modulation = (name: string) => (g: GraphBuilder, stream: Stream, id: string) =>
    layers.modulation(g, stream.get("temb"), `${id}.${name}.1`, 6, D);
  const mask = (g: GraphBuilder, stream: Stream): GraphValue | undefined =>
    masked ? g.once("mask", () => hidden(g, withImage(g, stream.get("mask"), N))) : undefined;
  const table: JointStreams = {
    ...{ layers, heads, headWidth, epsilon: 1e-6, rope, mask, order: "text-first", activation: "gelu-approximate" },
    qkNorm: { kind: "rms-head", epsilon: 1e-6 },
    x: { modulation: modulation("img_mod"), ...imageNames("img_mlp") },
    context: { modulation: modulation("txt_mod"), ...textNames("txt_mlp") },
  };
  for (const one of layout.blocks) block(one, jointBlock(one.id, table));
  part("proj_out", (g, stream) => {
    const [scale, shift] = layers.modulation(g, stream.get("temb"), "norm_out.linear", 2, D) as [
      GraphValue,
      GraphValue,
    ];
    const normed = layers.modulated(g, stream.get("x"), { shift, scale }, 1e-6);
    stream.set("prediction", layers.linear(g, normed, "proj_out", inChannels)); // [B, N, C]
  });

  const conditions = textConditions(geometry, textChannels);
  return model({
    architecture: "QwenImageTransformer2DModel",
    key: `qwen ${B}×${height}×${width}+${T}${masked ? " masked" : ""}`,
    inputs: [{ name: "latents", dims: [B, N, inChannels] }, { name: "timestep", dims: [1, 256] }, ...conditions],
    volume(g, latents) {
      const packs = g.reshape(latents, [B, rows, columns, outChannels, patch, patch]);
      return g.reshape(g.transpose(packs, [0, 3, 1, 4, 2, 5]), [B, outChannels, 1, height, width]);
    },
    conditions,
    // diffusers hands the model timestep / 1000, and the embedding is scaled by 1000 again.
    embedTimestep: (timestep) => timestepEmbedding(Math.fround(timestep / 1000), 256, { scale: 1000 }),
  });
};

export const architecture: Architecture = {
  ...plain,
  build,
  shape: (json) => ({ channels: read(json).outChannels, frames: 1, height: 128, width: 128 }),
  pack: (noise, json) => packed(noise, read(json).patch),
  unpack: (data, dims, json) => unpacked(data, dims, read(json).patch),
};
