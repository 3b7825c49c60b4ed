import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { positions2d, timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { type Architecture, expectPatches, plain } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { activations, layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { type SingleStream, singleStreamBlock } from "./kit/single-stream.js";
import { layoutOf } from "./layouts.js";

const read = (json: unknown) => {
  const config = configReader(json, "Only class-conditional DiT checkpoints as diffusers saves them are supported.");
  config.ignore("dropout", "norm_num_groups", "upcast_attention");
  config.oneOf("norm_type", "ada_norm_zero", ["ada_norm_zero"]);
  const [heads, headWidth] = [config.whole("num_attention_heads", 16), config.whole("attention_head_dim", 72)];
  if ((heads * headWidth) % 4) config.refuse("attention_head_dim", "heads × attention_head_dim divisible by 4");
  const inChannels = config.whole("in_channels", 4);
  const found = {
    heads,
    headWidth,
    inChannels,
    // A learned variance doubles the channels; no scheduler here reads it.
    outChannels: config.maybe("out_channels") ?? inChannels,
    layers: config.whole("num_layers", 28),
    patch: config.whole("patch_size", 2),
    sampleSize: config.whole("sample_size", 32),
    /** Rows of the table of labels; the last one is "no label". */
    labels: config.whole("num_embeds_ada_norm", 1000) + 1,
    bias: config.flag("attention_bias", true),
    affine: config.flag("norm_elementwise_affine", false),
    epsilon: config.real("norm_eps", 1e-5),
    activation: config.oneOf("activation_fn", "gelu-approximate", activations),
  };
  if (found.outChannels !== inChannels && found.outChannels !== 2 * inChannels)
    config.refuse("out_channels", `in_channels = ${inChannels}, or twice that with a learned variance`);
  config.done();
  return found;
};

/** What embeds timestep and label, in every block. */
const embedderNames = ["timestep_embedder.linear_1", "timestep_embedder.linear_2"]
  .flatMap((name) => [`${name}.weight`, `${name}.bias`])
  .concat("class_embedder.embedding_table.weight");

/** For each block the first one with equal embedders: diffusers saves one per block, and DiT was trained with one. */
const sharedEmbedders = (blocks: readonly string[], weights: WeightStore): ReadonlyMap<string, string> => {
  const equal = (a: string, b: string): boolean => {
    const [one, other] = [weights.stored(a).data, weights.stored(b).data];
    return one.length === other.length && one.every((value, index) => value === other[index]);
  };
  const same = (a: string, b: string): boolean =>
    a === b || embedderNames.every((name) => equal(`${a}.norm1.emb.${name}`, `${b}.norm1.emb.${name}`));
  return new Map(blocks.map((block) => [block, blocks.find((first) => same(first, block)) as string]));
};

/**
 * DiTTransformer2DModel of diffusers (arXiv:2212.09748): blocks of attention and feed-forward whose modulation comes
 * from timestep and label by a linear layer of their own ("adaLN-zero"). The stream "x" is [B, S, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, outChannels, patch, epsilon, labels } = config;
  const { clips: B, height, width } = geometry;
  const D = heads * headWidth;
  const patches = [1, patch, patch] as const;
  expectPatches(geometry, patches, true);
  const [rows, columns] = [height / patch, width / patch];
  const positions = `positions ${rows}×${columns}`;
  weights.define(positions, () =>
    positions2d(rows, columns, D, { base: Math.floor(config.sampleSize / patch), scale: 1 }),
  );

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  const embedderOf = sharedEmbedders(
    layout.blocks.map(({ id }) => id),
    weights,
  );
  const first = layout.blocks[0]?.id as string;
  const embeddedBy = (id: string): string => (embedderOf.get(id) === first ? "temb" : `temb ${embedderOf.get(id)}`);

  for (const id of new Set(embedderOf.values()))
    part(`${id}.norm1.emb`, (g, stream) => {
      const emb = `${id}.norm1.emb`;
      const time = layers.embedder(g, stream.get("timestep"), `${emb}.timestep_embedder`, D);
      const label = g.node("Cast", [stream.get("label")], [B], { to: 6 });
      const table = layers.weight(g, `${emb}.class_embedder.embedding_table.weight`, [labels, D]);
      stream.set(embeddedBy(id), g.silu(g.add(time, g.node("Gather", [table, label], [B, D], { axis: 0 }))));
    });
  part("pos_embed", (g, stream) => {
    const tokens = layers.patches(g, stream.get("latents"), "pos_embed.proj", D, patches);
    stream.set("x", g.add(tokens, g.weight(positions)));
  });
  const table: SingleStream = {
    ...{ layers, heads, headWidth, bias: config.bias },
    modulation: (g: GraphBuilder, stream: Stream, id: string): readonly GraphValue[] =>
      layers.modulation(g, stream.get(embeddedBy(id)), `${id}.norm1.linear`, 6, D),
    norms: { epsilon: [1e-6, epsilon], ...(config.affine ? { affine: [undefined, "norm3"] } : {}) },
    feedForward: { name: "ff", activation: config.activation },
  };
  for (const one of layout.blocks) block(one, singleStreamBlock(one.id, table));
  part("proj_out", (g, stream) => {
    const [shift, scale] = layers.modulation(g, stream.get("temb"), "proj_out_1", 2, D) as [GraphValue, GraphValue];
    const normed = layers.modulated(g, stream.get("x"), { shift, scale }, 1e-6);
    const out = layers.linear(g, normed, "proj_out_2", patch ** 2 * outChannels);
    const video = layers.unpatched(g, out, [B, outChannels, 1, height, width], patches);
    stream.set("prediction", outChannels === inChannels ? video : g.slice(video, 1, 0, inChannels));
  });

  const conditions = [{ name: "label", dims: [B] }];
  return model({
    architecture: "DiTTransformer2DModel",
    key: `dit ${B}×${height}×${width}`,
    inputs: [
      { name: "latents", dims: [B, inChannels, 1, height, width] },
      { name: "timestep", dims: [1, 256] },
      ...conditions,
    ],
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, 256, { freqShift: 1 }),
  });
};

export const architecture: Architecture = {
  ...plain,
  build,
  shape(json) {
    const { inChannels, sampleSize } = read(json);
    return { channels: inChannels, frames: 1, height: sampleSize, width: sampleSize };
  },
  /** As DiTPipeline: without a label of its own, the unconditional pass has the label "none". */
  guided(inputs, scale, json) {
    const none = { label: { dims: [1], data: Float32Array.of(read(json).labels - 1) } };
    return { ...inputs, uncond: inputs.uncond ?? none, guidance: scale };
  },
};
