import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { gridPositions } from "../models/rotary.js";
import { type Architecture, plain, ropeTables, textConditions } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { imageNames, type JointStreams, jointBlock, textNames } from "./kit/joint-streams.js";
import { layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { packedConfig, packedEmbedders, packedGrid, packedLatents } from "./kit/packed-latents.js";
import { fusedBlock } from "./kit/parallel-stream.js";
import { toldGuidance } from "./kit/told-guidance.js";
import { layoutOf } from "./layouts.js";

const read = (json: unknown) => {
  const config = configReader(json, "Only FLUX.2 checkpoints as diffusers saves them are supported.");
  const [heads, headWidth] = [config.whole("num_attention_heads", 48), config.whole("attention_head_dim", 128)];
  const found = {
    ...{ heads, headWidth, ...packedConfig(config, 128, [32, 32, 32, 32], headWidth) },
    dual: config.whole("num_layers", 8, 0),
    single: config.whole("num_single_layers", 48, 0),
    textChannels: config.whole("joint_attention_dim", 15360),
    timeChannels: config.whole("timestep_guidance_channels", 256),
    inner: Math.floor(heads * headWidth * config.real("mlp_ratio", 3)),
    theta: config.real("rope_theta", 2000),
    epsilon: config.real("eps", 1e-6),
    told: config.flag("guidance_embeds", true),
  };
  if (found.timeChannels % 2) config.refuse("timestep_guidance_channels", "an even number");
  config.done();
  return found;
};

/**
 * Flux2Transformer2DModel of diffusers (FLUX.2, Black Forest Labs 2025: dev is told its guidance, klein runs twice or
 * without): dual-stream blocks, then single-stream blocks of one module each. The rows of adaLN are the same for all
 * blocks of a kind, feed-forward networks are SwiGLU, no linear layer has a bias. Tokens have four positions: image,
 * row, column, and the place in the text. Streams: "x" [B, N, D], "context" [B, T, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, dual, inner, timeChannels, epsilon, told } = config;
  const { clips: B, height, width, tokens: T } = geometry;
  const D = heads * headWidth;
  const { rows, columns, count: N, volume } = packedGrid(inChannels, geometry);
  const rope = `${rows}×${columns}+${T}`;
  const text = Array.from({ length: T }, (_, index) => [0, 0, 0, index]);
  const image = gridPositions(1, rows, columns).map((id) => [...id, 0]);
  ropeTables(weights, rope, [...text, ...image], config.ropeAxes, config.theta);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  part("time_guidance_embed", (g, stream) => {
    const embed = (name: string, x: GraphValue): GraphValue =>
      layers.embedder(g, x, `time_guidance_embed.${name}`, D, "silu", false);
    const time = embed("timestep_embedder", stream.get("timestep"));
    stream.set("temb", g.silu(told ? g.add(time, embed("guidance_embedder", stream.get("guidance"))) : time)); // [B, D]
  });
  part("embedders", packedEmbedders(layers, D, false));
  const modulation =
    (name: string, count: number) =>
    (g: GraphBuilder, stream: Stream): readonly GraphValue[] =>
      layers.modulation(g, stream.get("temb"), `${name}.linear`, count, D, false);
  const qkNorm = { kind: "rms-head", epsilon } as const;
  const shared = { layers, heads, headWidth, epsilon, qkNorm, rope };
  const joint: JointStreams = {
    ...{ ...shared, order: "text-first", activation: "silu-gate", bias: false },
    network: { inner, names: ["linear_in", "linear_out"] },
    x: { modulation: modulation("double_stream_modulation_img", 6), ...imageNames() },
    context: { modulation: modulation("double_stream_modulation_txt", 6), ...textNames() },
  };
  const single = { ...shared, tokens: T, inner, modulation: modulation("single_stream_modulation", 3) };
  for (const one of layout.blocks.slice(0, dual)) block(one, jointBlock(one.id, joint));
  for (const one of layout.blocks.slice(dual)) block(one, fusedBlock(one.id, single));
  part("proj_out", (g, stream) => {
    const [scale, shift] = modulation("norm_out", 2)(g, stream) as [GraphValue, GraphValue];
    const normed = layers.modulated(g, stream.get("x"), { shift, scale }, epsilon);
    stream.set("prediction", layers.linear(g, normed, "proj_out", inChannels, false)); // [B, N, C]
  });

  const conditions = [
    ...textConditions({ ...geometry, masked: false }, config.textChannels),
    ...(told ? [{ name: "guidance", dims: [B, timeChannels] }] : []),
  ];
  return model({
    architecture: "Flux2Transformer2DModel",
    key: `flux2 ${B}×${height}×${width}+${T}`,
    inputs: [
      { name: "latents", dims: [B, N, inChannels] },
      { name: "timestep", dims: [1, timeChannels] },
      ...conditions,
    ],
    volume,
    conditions,
    // diffusers hands the model timestep / 1000 in float32, and the model multiplies by 1000 again.
    embedTimestep: (timestep) => timestepEmbedding(Math.fround(Math.fround(timestep / 1000) * 1000), timeChannels),
  });
};

export const architecture: Architecture = {
  ...plain,
  ...packedLatents((json) => read(json).inChannels),
  ...toldGuidance((json) => (read(json).told ? read(json).timeChannels : undefined)),
  build,
};
