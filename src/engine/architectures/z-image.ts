import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { type Architecture, expectPatches, plain, ropeTables, textConditions } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { layersOf } from "./kit/layers.js";
import { networkKit, runBlock } from "./kit/network-kit.js";
import { sandwichBlock } from "./kit/sandwich-block.js";
import { layoutOf } from "./layouts.js";
import { guidedAsZImage, padded, zImagePositions } from "./z-image-rows.js";

const read = (json: unknown) => {
  const config = configReader(json, "Only text-to-image checkpoints of Z-Image as diffusers saves them are supported.");
  config.ignore("n_kv_heads"); // the class reads it and makes as many heads of keys as of queries
  config.oneOf("siglip_feat_dim", null, [null]); // of pictures that are edited
  const [heads, width] = [config.whole("n_heads", 30), config.whole("dim", 3840)];
  const patches = config.wholes("all_patch_size", [2]);
  const framePatches = config.wholes("all_f_patch_size", [1], patches.length);
  // Others are there to be asked for, and ZImagePipeline asks for none.
  if (!patches.includes(2)) config.refuse("all_patch_size", "a list with 2 in it");
  if (framePatches[patches.indexOf(2)] !== 1) config.refuse("all_f_patch_size", "1 where all_patch_size has 2");
  const axes = config.wholes("axes_dims", [32, 48, 48], 3);
  if (axes.some((axis) => axis % 2)) config.refuse("axes_dims", "three even numbers");
  if (axes.reduce((sum, axis) => sum + axis, 0) * heads !== width)
    config.refuse("axes_dims", `numbers that add up to dim / n_heads = ${width / heads}`);
  const found = {
    ...{ heads, width, axes },
    channels: config.whole("in_channels", 16),
    layers: config.whole("n_layers", 30),
    refiners: config.whole("n_refiner_layers", 2, 0),
    textChannels: config.whole("cap_feat_dim", 2560),
    epsilon: config.real("norm_eps", 1e-5),
    qkNorm: config.flag("qk_norm", true),
    theta: config.real("rope_theta", 256),
    scale: config.real("t_scale", 1000),
    longest: config.wholes("axes_lens", [1024, 512, 512], 3) as readonly [number, number, number],
  };
  config.done();
  return found;
};

/**
 * ZImageTransformer2DModel of diffusers (Z-Image, Tongyi Lab 2025, arXiv:2511.22699): blocks refine image and text apart,
 * then one stack of blocks runs over both, the image first. Each is filled up to a multiple of 32 rows, which are read
 * like all others. The prediction has the sign that ZImagePipeline gives it. The stream "x" is [B, S, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, width: D, channels: C, refiners, epsilon, longest } = config;
  const { clips: B, height, width, tokens: T, masked = false } = geometry;
  expectPatches(geometry, [1, 2, 2], true);
  const [rows, columns] = [height / 2, width / 2];
  const N = rows * columns;
  const { image, text } = zImagePositions([T, rows, columns], longest);
  const rope = (name: string): string => `${name} ${rows}×${columns}+${T}`;
  for (const [name, ids] of Object.entries({ image, text, both: [...image, ...text] }))
    ropeTables(weights, rope(name), ids, config.axes, config.theta);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  const table = { layers, heads, width: D, epsilon, qkNorm: config.qkNorm };
  const blockOf = (id: string, over: string, modulated = true) =>
    sandwichBlock(id, { ...table, rope: rope(over), modulated });
  /** What the refiners called `name` make of `x`, which no method cuts. */
  const refined = (g: GraphBuilder, stream: Stream, x: GraphValue, name: string, over: string, modulated?: boolean) =>
    Array.from({ length: refiners }, (_, layer) => `${name}.${layer}`).reduce(
      (value, id) => runBlock(g, stream, id, blockOf(id, over, modulated), value),
      x,
    );
  const adaLn = Math.min(D, 256);
  part("t_embedder", (g, stream) => {
    const hidden = g.silu(layers.linear(g, stream.get("timestep"), "t_embedder.mlp.0", 1024));
    stream.set("temb", layers.linear(g, hidden, "t_embedder.mlp.2", adaLn));
  });
  part("noise_refiner", (g, stream) => {
    const cells = g.reshape(stream.get("latents"), [B, C, rows, 2, columns, 2]);
    const tokens = g.reshape(g.transpose(cells, [0, 2, 4, 3, 5, 1]), [B, N, 4 * C]);
    const embedded = padded(g, layers, layers.linear(g, tokens, "all_x_embedder.2-1", D), "x_pad_token");
    stream.set("x", refined(g, stream, embedded, "noise_refiner", "image"));
  });
  part("context_refiner", (g, stream) => {
    const normed = layers.rmsNorm(g, stream.get("text"), epsilon, "cap_embedder.0");
    const own = layers.linear(g, normed, "cap_embedder.1", D);
    const embedded = padded(g, layers, own, "cap_pad_token", masked ? stream.get("mask") : undefined);
    const caption = refined(g, stream, embedded, "context_refiner", "text", false);
    stream.set("x", g.concat([stream.get("x"), caption], 1));
  });
  for (const one of layout.blocks) block(one, blockOf(one.id, "both"));
  part("all_final_layer.2-1", (g, stream) => {
    const name = "all_final_layer.2-1";
    const scale = g.add(layers.linear(g, g.silu(stream.get("temb")), `${name}.adaLN_modulation.1`, D), g.scalar(1));
    const normed = g.mul(layers.layerNorm(g, g.slice(stream.get("x"), 1, 0, N), 1e-6), scale);
    const out = layers.unpatched(
      g,
      layers.linear(g, normed, `${name}.linear`, 4 * C),
      [B, C, 1, height, width],
      [1, 2, 2],
    );
    stream.set("prediction", g.mul(out, g.scalar(-1)));
  });

  const conditions = textConditions(geometry, config.textChannels);
  return model({
    architecture: "ZImageTransformer2DModel",
    key: `z-image ${B}×${height}×${width}+${T}${masked ? " masked" : ""}`,
    inputs: [{ name: "latents", dims: [B, C, 1, height, width] }, { name: "timestep", dims: [1, 256] }, ...conditions],
    conditions,
    // The pipeline hands the model what is clean of the picture, in float32.
    embedTimestep: (timestep) =>
      timestepEmbedding(Math.fround(Math.fround(Math.fround(1000 - timestep) / 1000) * config.scale), 256),
  });
};

export const architecture: Architecture = {
  ...plain,
  build,
  shape: (json) => ({ channels: read(json).channels, frames: 1, height: 128, width: 128 }),
  guided: guidedAsZImage,
};
