import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import { expectShape, type WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { type Architecture, plain, ropeTables } from "./architecture.js";
import { fluxConfig, fluxWeights } from "./flux-config.js";
import { imageNames, type JointStreams, jointBlock, textNames } from "./kit/joint-streams.js";
import { layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { fluxPositions, packedEmbedders, packedGrid, packedLatents } from "./kit/packed-latents.js";
import { type ParallelStream, parallelBlock } from "./kit/parallel-stream.js";
import { toldGuidance } from "./kit/told-guidance.js";
import { layoutOf } from "./layouts.js";

/**
 * FluxTransformer2DModel of diffusers (FLUX.1, Black Forest Labs 2024): dual-stream blocks in which image and text have
 * their own weights and attend jointly, then single-stream blocks over both; rotary positions; adaLN from timestep and
 * pooled text. Latents are packed into tokens as FluxPipeline packs them, 2×2, or in larger squares where they have fewer
 * channels. Streams: "x" [B, N, D], "context" [B, T, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
export const flux = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = fluxConfig(json);
  const { heads, headWidth, width: D, inChannels, dualLayers, guidanceEmbeds } = config;
  const { clips: B, height, width, tokens: T } = geometry;
  const { rows, columns, count: N, volume } = packedGrid(inChannels, geometry);
  for (const [name, dims] of fluxWeights(config)) expectShape(weights, name, dims);
  const rope = `${rows}×${columns}+${T}`;
  ropeTables(weights, rope, fluxPositions(T, rows, columns), config.ropeAxes);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  part("time_text_embed", (g, stream) => {
    const embed = (name: string, input: string): GraphValue =>
      layers.embedder(g, stream.get(input), `time_text_embed.${name}_embedder`, D);
    const time = embed("timestep", "timestep");
    const timed = guidanceEmbeds ? g.add(time, embed("guidance", "guidance")) : time;
    stream.set("temb", g.silu(g.add(timed, embed("text", "pooled")))); // [B, D]
  });
  part("embedders", packedEmbedders(layers, D));
  const modulation = (name: string, count: number) => (g: GraphBuilder, stream: Stream, id: string) =>
    layers.modulation(g, stream.get("temb"), `${id}.${name}.linear`, count, D);
  const qkNorm = { kind: "rms-head", epsilon: 1e-6 } as const;
  const shared = { ...{ layers, heads, headWidth, epsilon: 1e-6 }, ...{ qkNorm, rope } };
  const joint: JointStreams = {
    ...{ ...shared, order: "text-first", activation: "gelu-approximate" },
    x: { modulation: modulation("norm1", 6), ...imageNames() },
    context: { modulation: modulation("norm1_context", 6), ...textNames() },
  };
  const single: ParallelStream = { ...shared, tokens: T, modulation: modulation("norm", 3) };
  for (const one of layout.blocks.slice(0, dualLayers)) block(one, jointBlock(one.id, joint));
  for (const one of layout.blocks.slice(dualLayers)) {
    const { subLayers, end } = parallelBlock(one.id, single);
    block(one, subLayers, end);
  }
  part("proj_out", (g, stream) => {
    const rowsOut = layers.modulation(g, stream.get("temb"), "norm_out.linear", 2, D);
    const [scale, shift] = rowsOut as [GraphValue, GraphValue];
    const normed = layers.modulated(g, stream.get("x"), { shift, scale }, 1e-6);
    stream.set("prediction", layers.linear(g, normed, "proj_out", inChannels)); // [B, N, C]
  });

  const conditions = [
    { name: "text", dims: [B, T, config.textChannels] },
    { name: "pooled", dims: [B, config.pooledChannels] },
    ...(guidanceEmbeds ? [{ name: "guidance", dims: [B, 256] }] : []),
  ];
  return model({
    architecture: "FluxTransformer2DModel",
    key: `flux ${B}×${height}×${width}+${T}`,
    inputs: [{ name: "latents", dims: [B, N, inChannels] }, { name: "timestep", dims: [1, 256] }, ...conditions],
    volume,
    conditions,
    // diffusers hands the model timestep / 1000 in float32, and the model multiplies by 1000 again.
    embedTimestep: (timestep) => timestepEmbedding(Math.fround(Math.fround(timestep / 1000) * 1000), 256),
  });
};

export const architecture: Architecture = {
  ...plain,
  ...packedLatents((json) => fluxConfig(json).inChannels),
  ...toldGuidance((json) => (fluxConfig(json).guidanceEmbeds ? 256 : undefined)),
  build: flux,
};
