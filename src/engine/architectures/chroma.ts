import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { type Architecture, plain, ropeTables, textConditions, withImage } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { imageNames, type JointStreams, jointBlock, textNames } from "./kit/joint-streams.js";
import { layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { fluxPositions, packedConfig, packedEmbedders, packedGrid, packedLatents } from "./kit/packed-latents.js";
import { type ParallelStream, parallelBlock } from "./kit/parallel-stream.js";
import { layoutOf } from "./layouts.js";

const read = (json: unknown) => {
  const config = configReader(json, "Only Chroma checkpoints as diffusers saves them are supported.");
  const [heads, headWidth] = [config.whole("num_attention_heads", 24), config.whole("attention_head_dim", 128)];
  const found = {
    ...{ heads, headWidth, ...packedConfig(config, 64, [16, 56, 56], headWidth) },
    dual: config.whole("num_layers", 19, 0),
    single: config.whole("num_single_layers", 38, 0),
    textChannels: config.whole("joint_attention_dim", 4096),
    channels: config.whole("approximator_num_channels", 64),
    hidden: config.whole("approximator_hidden_dim", 5120),
    layers: config.whole("approximator_layers", 5, 0),
  };
  config.ignore("pooled_projection_dim"); // FLUX.1's: conversions leave it
  if (found.channels % 8) config.refuse("approximator_num_channels", "a multiple of 8");
  config.done();
  return found;
};

/**
 * What the approximator reads, [rows, channels]: the timestep, a guidance scale of 0, and the number of each row.
 * diffusers hands the model timestep / 1000 in float32, and the model multiplies by 1000 again.
 */
const rowsAt = (timestep: number, rows: number, channels: number) => {
  const time = timestepEmbedding(Math.fround(Math.fround(timestep / 1000) * 1000), channels / 4).data;
  const guidance = timestepEmbedding(0, channels / 4).data;
  const row = (index: number) => [...time, ...guidance, ...timestepEmbedding(1000 * index, channels / 2).data];
  const data = Array.from({ length: rows }, (_, index) => row(index)).flat();
  return { dims: [rows, channels], data: Float32Array.from(data) };
};

/**
 * ChromaTransformer2DModel of diffusers (Chroma1, lodestones 2025): FLUX.1 without adaLN of its blocks' own. A small
 * network, the approximator, makes the rows of all of them from the timestep: those of the single-stream blocks, of the
 * image, of the text, and of the way out. Streams: "x" [B, N, D], "context" [B, T, D].
 *
 * A mask adds 1 to the scores between rows that are read, as ChromaPipeline 0.42.1 hands its mask over as numbers
 * (https://github.com/huggingface/diffusers/issues/13619): rows that are not read are weakened, not hidden.
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, dual, single, hidden } = config;
  const { clips: B, height, width, tokens: T, masked = false } = geometry;
  const D = heads * headWidth;
  const count = 3 * single + 12 * dual + 2;
  const { rows: down, columns, count: N, volume } = packedGrid(inChannels, geometry);
  const rope = `${down}×${columns}+${T}`;
  ropeTables(weights, rope, fluxPositions(T, down, columns), config.ropeAxes);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  part("distilled_guidance_layer", (g, stream) => {
    const name = "distilled_guidance_layer";
    let x = layers.linear(g, stream.get("timestep"), `${name}.in_proj`, hidden);
    for (let layer = 0; layer < config.layers; layer++) {
      const normed = layers.rmsNorm(g, x, 2 ** -23, `${name}.norms.${layer}`); // torch's epsilon where none is given
      x = g.add(x, layers.embedder(g, normed, `${name}.layers.${layer}`, hidden));
    }
    stream.set("temb", layers.linear(g, x, `${name}.out_proj`, D)); // [rows, D]
  });
  part("embedders", packedEmbedders(layers, D));
  const rowsFrom = (g: GraphBuilder, stream: Stream, first: number, many: number): readonly GraphValue[] =>
    g.once(`rows ${first}`, () => layers.rows(g, g.slice(stream.get("temb"), 0, first, first + many), many));
  /** The rows [D] of block `id`, of which those of the first block of its kind begin at `first`. */
  const rows = (g: GraphBuilder, stream: Stream, id: string, first: number, many: number): readonly GraphValue[] =>
    rowsFrom(g, stream, first + many * Number(id.split(".").at(-1)), many);
  const bothRead = (g: GraphBuilder, stream: Stream): GraphValue =>
    g.once("mask", () => {
      const all = withImage(g, stream.get("mask"), N);
      return g.mul(g.reshape(all, [B, 1, 1, T + N]), g.reshape(all, [B, 1, T + N, 1]));
    });
  const qkNorm = { kind: "rms-head", epsilon: 1e-6 } as const;
  const shared = {
    ...{ layers, heads, headWidth, epsilon: 1e-6 },
    ...{ qkNorm, rope },
    ...(masked ? { mask: bothRead } : {}),
  };
  const joint: JointStreams = {
    ...{ ...shared, order: "text-first", activation: "gelu-approximate" },
    x: { modulation: (...at) => rows(...at, 3 * single, 6), ...imageNames() },
    context: { modulation: (...at) => rows(...at, 3 * single + 6 * dual, 6), ...textNames() },
  };
  for (const one of layout.blocks.slice(0, dual)) block(one, jointBlock(one.id, joint));
  for (const one of layout.blocks.slice(dual)) {
    const table: ParallelStream = { ...shared, tokens: T, modulation: (...at) => rows(...at, 0, 3) };
    const { subLayers, end } = parallelBlock(one.id, table);
    block(one, subLayers, end);
  }
  part("proj_out", (g, stream) => {
    const [shift, scale] = rowsFrom(g, stream, count - 2, 2) as [GraphValue, GraphValue];
    const normed = layers.modulated(g, stream.get("x"), { shift, scale }, 1e-6);
    stream.set("prediction", layers.linear(g, normed, "proj_out", inChannels)); // [B, N, C]
  });

  const conditions = textConditions(geometry, config.textChannels);
  return model({
    architecture: "ChromaTransformer2DModel",
    key: `chroma ${B}×${height}×${width}+${T}${masked ? " masked" : ""}`,
    inputs: [
      { name: "latents", dims: [B, N, inChannels] },
      { name: "timestep", dims: [count, config.channels] },
      ...conditions,
    ],
    volume,
    conditions,
    embedTimestep: (timestep) => rowsAt(timestep, count, config.channels),
  });
};

export const architecture: Architecture = {
  ...plain,
  ...packedLatents((json) => read(json).inChannels),
  build,
};
