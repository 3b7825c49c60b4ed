import { EngineError } from "../errors.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { type Architecture, expectPatches, plain } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { type JointStreams, jointBlock } from "./kit/joint-streams.js";
import { layersOf } from "./kit/layers.js";
import { networkKit, type SubLayer } from "./kit/network-kit.js";
import { layoutOf } from "./layouts.js";

const read = (json: unknown) => {
  const config = configReader(json, "Only SD3 and SD3.5 checkpoints as diffusers saves them are supported.");
  const [heads, headWidth] = [config.whole("num_attention_heads", 18), config.whole("attention_head_dim", 64)];
  const inChannels = config.whole("in_channels", 16);
  const layers = config.whole("num_layers", 18);
  const dual = config.wholes("dual_attention_layers", [], undefined, 0);
  const found = {
    ...{ heads, headWidth, inChannels, layers, dual },
    patch: config.whole("patch_size", 2),
    sampleSize: config.whole("sample_size", 128),
    textChannels: config.whole("joint_attention_dim", 4096),
    pooledChannels: config.whole("pooled_projection_dim", 2048),
    /** Side of the table of positions, from whose middle a picture's are cut. */
    grid: config.whole("pos_embed_max_size", 96),
    qkNorm: config.oneOf("qk_norm", null, [null, "rms_norm", "layer_norm"]),
  };
  if (config.whole("caption_projection_dim", 1152) !== heads * headWidth)
    config.refuse("caption_projection_dim", `the width ${heads * headWidth}`);
  const outChannels = config.get("out_channels") === null ? inChannels : config.whole("out_channels", 16);
  if (outChannels !== inChannels) config.refuse("out_channels", `in_channels = ${inChannels}`);
  config.done();
  return found;
};

/**
 * SD3Transformer2DModel of diffusers (arXiv:2403.03206): image and text with weights of their own attend jointly; the
 * text ends in the last block. SD3.5's first blocks have a second attention over the image alone.
 * Streams: "x" [B, N, D], "context" [B, T, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, patch, grid } = config;
  const { clips: B, height, width, tokens: T } = geometry;
  const D = heads * headWidth;
  const patches = [1, patch, patch] as const;
  expectPatches(geometry, patches, true);
  const [rows, columns] = [height / patch, width / patch];
  if (rows > grid || columns > grid)
    throw new EngineError(
      "input-invalid",
      `${rows} × ${columns} patches exceed the model's table of ${grid} × ${grid}.`,
      {
        hint: `Give latents of at most ${grid * patch} × ${grid * patch}.`,
      },
    );
  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  part("time_text_embed", (g, stream) => {
    const time = layers.embedder(g, stream.get("timestep"), "time_text_embed.timestep_embedder", D);
    const text = layers.embedder(g, stream.get("pooled"), "time_text_embed.text_embedder", D);
    stream.set("temb", g.silu(g.add(time, text)));
  });
  part("embedders", (g, stream) => {
    const tokens = layers.patches(g, stream.get("latents"), "pos_embed.proj", D, patches);
    const table = g.reshape(layers.weight(g, "pos_embed.pos_embed", [1, grid ** 2, D]), [grid, grid, D]);
    const [top, left] = [Math.floor((grid - rows) / 2), Math.floor((grid - columns) / 2)];
    const cut = g.slice(g.slice(table, 0, top, top + rows), 1, left, left + columns);
    stream.set("x", g.add(tokens, g.reshape(cut, [1, rows * columns, D])));
    stream.set("context", layers.linear(g, stream.get("text"), "context_embedder", D));
  });
  const qkNorm =
    config.qkNorm && ({ kind: config.qkNorm === "rms_norm" ? "rms-head" : "layer-head", epsilon: 1e-6 } as const);
  const modulation = (name: string, count: number) => (g: GraphBuilder, stream: Stream, id: string) =>
    layers.modulation(g, stream.get("temb"), `${id}.${name}.linear`, count, D);
  for (const [layer, one] of layout.blocks.entries()) {
    const [last, dual] = [layer === config.layers - 1, config.dual.includes(layer)];
    const table: JointStreams = {
      ...{ layers, heads, headWidth, epsilon: 1e-6, activation: "gelu-approximate", order: "image-first" },
      ...(qkNorm ? { qkNorm } : {}),
      x: {
        modulation: modulation("norm1", dual ? 9 : 6),
        projections: ["to_q", "to_k", "to_v"],
        norms: ["norm_q", "norm_k"],
        ...{ out: "to_out.0", feedForward: "ff" },
      },
      context: {
        // The norm of the text that ends here says scale before shift ("AdaLayerNormContinuous").
        modulation: last
          ? (g, stream, id) => modulation("norm1_context", 2)(g, stream, id).toReversed()
          : modulation("norm1_context", 6),
        projections: ["add_q_proj", "add_k_proj", "add_v_proj"],
        norms: ["norm_added_q", "norm_added_k"],
        ...(last ? {} : { out: "to_add_out", feedForward: "ff_context" }),
      },
    };
    const joint = jointBlock(one.id, table);
    const second: SubLayer = {
      emit(g, stream, site) {
        const [shift, scale] = modulation("norm1", 9)(g, stream, one.id).slice(6) as [GraphValue, GraphValue];
        const x = layers.modulated(g, stream.get(`${one.id}.attn.before`), { shift, scale }, 1e-6);
        const of = (name: string, norm?: string): GraphValue =>
          layers.heads(
            g,
            x,
            { name: `${site}.${name}`, heads, width: headWidth },
            norm && qkNorm ? { ...qkNorm, name: `${site}.${norm}` } : undefined,
          );
        const out = layers.attend(g, of("to_q", "norm_q"), of("to_k", "norm_k"), of("to_v"));
        return [layers.linear(g, out, `${site}.to_out.0`, D)];
      },
      merge: (g, stream, [feature]) =>
        stream.set(
          "x",
          g.add(
            stream.get("x"),
            g.mul(modulation("norm1", 9)(g, stream, one.id)[8] as GraphValue, feature as GraphValue),
          ),
        ),
    };
    // Both attentions read the stream as it was before the first.
    if (dual) part(`${one.id}.attn.before`, (_, stream) => stream.set(`${one.id}.attn.before`, stream.get("x")));
    block(one, { ...joint, attn2: second });
  }
  part("proj_out", (g, stream) => {
    const [scale, shift] = layers.modulation(g, stream.get("temb"), "norm_out.linear", 2, D) as [
      GraphValue,
      GraphValue,
    ];
    const out = layers.linear(
      g,
      layers.modulated(g, stream.get("x"), { shift, scale }, 1e-6),
      "proj_out",
      patch ** 2 * inChannels,
    );
    stream.set("prediction", layers.unpatched(g, out, [B, inChannels, 1, height, width], patches));
  });
  const conditions = [
    { name: "text", dims: [B, T, config.textChannels] },
    { name: "pooled", dims: [B, config.pooledChannels] },
  ];
  return model({
    architecture: "SD3Transformer2DModel",
    key: `sd3 ${B}×${height}×${width}+${T}`,
    inputs: [
      { name: "latents", dims: [B, inChannels, 1, height, width] },
      { name: "timestep", dims: [1, 256] },
      ...conditions,
    ],
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, 256),
  });
};

export const architecture: Architecture = {
  ...plain,
  build,
  shape(json) {
    const { inChannels, sampleSize } = read(json);
    return { channels: inChannels, frames: 1, height: sampleSize, width: sampleSize };
  },
};
