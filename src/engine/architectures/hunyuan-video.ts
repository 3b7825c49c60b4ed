import { EngineError } from "../errors.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { gridPositions } from "../models/rotary.js";
import {
  type Architecture,
  expectPatches,
  fromFirst,
  hidden,
  plain,
  ropeTables,
  textConditions,
  withImage,
} from "./architecture.js";
import { hunyuanVideoConfig as read } from "./hunyuan-video-config.js";
import { tokenTimes, withoutFirstFrame } from "./kit/first-frame.js";
import { imageNames, type JointStreams, jointBlock, textNames } from "./kit/joint-streams.js";
import { layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { type ParallelStream, parallelBlock } from "./kit/parallel-stream.js";
import { refinedText } from "./kit/token-refiner.js";
import { toldGuidance } from "./kit/told-guidance.js";
import { layoutOf } from "./layouts.js";

/**
 * HunyuanVideoTransformer3DModel of diffusers (arXiv:2412.03603): dual-stream blocks of video and text, then single-stream
 * blocks of both, as FLUX.1 has them, but with the video first and rotary positions for it alone; a refiner reads the text
 * before. A mask hides rows at the text's end, as many as it has zeros. Streams: "x" [B, N, D], "context" [B, T, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, outChannels, patches, inner, dual, guidanceEmbeds } = config;
  const { clips: B, frames: F, height, width, tokens: T, masked = false } = geometry;
  const D = heads * headWidth;
  expectPatches(geometry, patches);
  const grid = [F / patches[0], height / patches[1], width / patches[2]] as const;
  const N = grid[0] * grid[1] * grid[2];
  const rope = `${grid.join("×")}+${T}`;
  const ids = [...gridPositions(...grid), ...Array<number[]>(T).fill([0, 0, 0])]; // the text does not turn
  ropeTables(weights, rope, ids, config.axes, config.theta);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  const times =
    config.replaced && geometry.given?.includes("image")
      ? tokenTimes(layers, geometry, { tokens: N, depth: patches[0], zero: timestepEmbedding(0, 256) })
      : undefined;
  part("time_text_embed", (g, stream) => {
    const embed = (name: string, value = stream.get(name)): GraphValue =>
      layers.embedder(g, value, `time_text_embed.${name === "pooled" ? "text" : name}_embedder`, D);
    const names = ["timestep", ...(guidanceEmbeds ? ["guidance"] : []), "pooled"];
    const rows = names.map((name) => embed(name));
    stream.set("temb", g.silu(rows.reduce((sum, row) => g.add(sum, row))));
    // The first frame's tokens are not told the guidance.
    if (times) {
      const still = g.silu(g.add(embed("timestep", times.zero(g)), rows.at(-1) as GraphValue));
      stream.set("times", g.concat([still, stream.get("temb")], 0));
    }
  });
  part("context_embedder", (g, stream) => {
    const refiner = { layers, heads, headWidth, blocks: config.refiner };
    const mask = masked ? stream.get("mask") : undefined;
    stream.set("context", refinedText(g, refiner, stream.get("text"), stream.get("timestep"), mask));
  });
  const more = inChannels - outChannels; // of the picture
  part("x_embedder", (g, stream) => {
    const latents = stream.get("latents");
    const video = more > 0 ? g.concat([latents, stream.get("image")], 1) : latents;
    stream.set("x", layers.patches(g, video, "x_embedder.proj", D, patches, { saved: "3d" }));
  });
  const modulation = (name: string, count: number) => (g: GraphBuilder, stream: Stream, id: string) =>
    layers.modulation(g, stream.get("temb"), `${id}.${name}.linear`, count, D);
  /** Of the video, and of `more` rows behind it: the first frame's tokens have rows of their own where it is given. */
  const ofVideo = (name: string, count: number, more: number) => (g: GraphBuilder, stream: Stream, id: string) =>
    times
      ? g.once(`times ${id}.${name}`, () =>
          layers
            .modulation(g, stream.get("times"), `${id}.${name}.linear`, count, D)
            .map((row) => times.spread(g, row, more)),
        )
      : modulation(name, count)(g, stream, id);
  const mask = (g: GraphBuilder, stream: Stream): GraphValue | undefined =>
    masked ? g.once("mask", () => hidden(g, withImage(g, fromFirst(g, stream.get("mask")), N, "first"))) : undefined;
  const shared: Omit<ParallelStream, "tokens" | "modulation"> = {
    ...{ layers, heads, headWidth, epsilon: 1e-6, rope, mask },
    order: "image-first",
    ...(config.qkNorm ? { qkNorm: { kind: config.qkNorm, epsilon: 1e-6 } } : {}),
  };
  const joint: JointStreams = {
    ...shared,
    ...{ order: "image-first", activation: "gelu-approximate", network: { inner } },
    x: { modulation: ofVideo("norm1", 6, 0), ...imageNames() },
    context: { modulation: modulation("norm1_context", 6), ...textNames() },
  };
  for (const one of layout.blocks.slice(0, dual)) block(one, jointBlock(one.id, joint));
  const table: ParallelStream = { ...shared, tokens: T, inner, modulation: ofVideo("norm", 3, T) };
  for (const one of layout.blocks.slice(dual)) {
    const { subLayers, end } = parallelBlock(one.id, table);
    block(one, subLayers, end);
  }
  part("proj_out", (g, stream) => {
    const normed = layers.continuous(g, stream.get("x"), stream.get("temb"), "norm_out.linear", 1e-6);
    const out = layers.linear(g, normed, "proj_out", patches[0] * patches[1] * patches[2] * outChannels);
    stream.set("prediction", layers.unpatched(g, out, [B, outChannels, F, height, width], patches, "first"));
  });

  const conditions = [
    ...textConditions(geometry, config.textChannels),
    { name: "pooled", dims: [B, config.pooledChannels] },
    ...(guidanceEmbeds ? [{ name: "guidance", dims: [B, 256] }] : []),
    ...(more > 0 ? [{ name: "image", dims: [B, more, F, height, width] }] : []),
  ];
  const latents = { name: "latents", dims: [B, outChannels, F, height, width] };
  return model({
    architecture: "HunyuanVideoTransformer3DModel",
    key: `hunyuan ${B}×${F}×${height}×${width}+${T}${masked ? " masked" : ""}${times?.key ?? ""}`,
    inputs: [latents, { name: "timestep", dims: [1, 256] }, ...conditions],
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, 256),
  });
};

const told = toldGuidance((json) => (read(json).guidanceEmbeds ? 256 : undefined));

export const architecture: Architecture = {
  ...plain,
  ...told,
  guided(inputs, scale, json) {
    const { replaced } = read(json);
    if (replaced && !inputs.cond.image)
      throw new EngineError("input-invalid", "The model makes clips from a picture, and there is none.", {
        hint: "Give the latents of the first frame as image, [clips, channels, 1, height, width].",
      });
    return told.guided(replaced ? withoutFirstFrame(inputs) : inputs, scale, json);
  },
  build,
  // 129 frames of 720 × 1280 pixels, as HunyuanVideoPipeline makes them unless asked for others.
  shape: (json) => ({ channels: read(json).outChannels, frames: 33, height: 90, width: 160 }),
};
