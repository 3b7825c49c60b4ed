import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { timestepEmbedding } from "../models/embeddings.js";
import type { Geometry, Model, Stream } from "../models/model.js";
import { gridPositions } from "../models/rotary.js";
import { type Architecture, expectPatches, plain, ropeTables } from "./architecture.js";
import { configReader } from "./config-reader.js";
import { tokenTimes, withoutFirstFrame } from "./kit/first-frame.js";
import { layersOf } from "./kit/layers.js";
import { networkKit } from "./kit/network-kit.js";
import { type SingleStream, singleStreamBlock } from "./kit/single-stream.js";
import { layoutOf } from "./layouts.js";

const read = (json: unknown) => {
  const config = configReader(json, "Only text-to-video checkpoints of Wan as diffusers saves them are supported.");
  config.ignore("pos_embed_seq_len");
  // Read by pictures that condition a clip, of which these graphs know none.
  config.oneOf("image_dim", null, [null]);
  config.oneOf("added_kv_proj_dim", null, [null]);
  config.oneOf("qk_norm", "rms_norm_across_heads", ["rms_norm_across_heads"]);
  const [heads, headWidth] = [config.whole("num_attention_heads", 40), config.whole("attention_head_dim", 128)];
  if (headWidth % 2) config.refuse("attention_head_dim", "an even number");
  const inChannels = config.whole("in_channels", 16);
  const found = {
    ...{ heads, headWidth, inChannels },
    layers: config.whole("num_layers", 40),
    patches: config.wholes("patch_size", [1, 2, 2], 3) as readonly [number, number, number],
    textChannels: config.whole("text_dim", 4096),
    timeChannels: config.whole("freq_dim", 256),
    inner: config.whole("ffn_dim", 13824),
    crossNorm: config.flag("cross_attn_norm", true),
    epsilon: config.real("eps", 1e-6),
    longest: config.whole("rope_max_seq_len", 1024),
  };
  if (config.whole("out_channels", 16) !== inChannels) config.refuse("out_channels", `in_channels = ${inChannels}`);
  if (found.timeChannels % 2) config.refuse("freq_dim", "an even number");
  config.done();
  return found;
};

/**
 * WanTransformer3DModel of diffusers (Wan 2.1 and 2.2, arXiv:2503.20314): blocks of self-attention over all tokens of a
 * clip with rotary positions, cross-attention and feed-forward, one adaLN table for all. The stream "x" is [B, S, D].
 *
 * @throws EngineError "model-config", "weight-missing", "weight-shape", "input-invalid"
 */
const build = (json: unknown, weights: WeightStore, geometry: Geometry): Model => {
  const config = read(json);
  const { heads, headWidth, inChannels, patches, epsilon } = config;
  const { clips: B, frames: F, height, width, tokens: T } = geometry;
  const D = heads * headWidth;
  expectPatches(geometry, patches, false, config.longest);
  const [t, h, w] = patches;
  const side = 2 * Math.floor(headWidth / 6);
  const rope = `${F / t}×${height / h}×${width / w}`;
  ropeTables(weights, rope, gridPositions(F / t, height / h, width / w), [headWidth - 2 * side, side, side]);

  const layout = layoutOf(json);
  const { part, block, model } = networkKit(layout, weights);
  const layers = layersOf(weights);
  const times = tokenTimes(layers, geometry, {
    tokens: (F / t) * (height / h) * (width / w),
    depth: t,
    zero: timestepEmbedding(0, config.timeChannels),
  });
  part("condition_embedder.time", (g, stream) => {
    const entering = times.entering(g, stream.get("timestep"));
    stream.set("temb", layers.embedder(g, entering, "condition_embedder.time_embedder", D));
    stream.set("rows", layers.linear(g, g.silu(stream.get("temb")), "condition_embedder.time_proj", 6 * D));
  });
  part("condition_embedder.text", (g, stream) =>
    stream.set("caption", layers.embedder(g, stream.get("text"), "condition_embedder.text_embedder", D, "gelu")),
  );
  part("patch_embedding", (g, stream) =>
    stream.set("x", layers.patches(g, stream.get("latents"), "patch_embedding", D, patches, { saved: "3d" })),
  );
  const table: SingleStream = {
    ...{ layers, heads, headWidth, bias: true, rope },
    modulation: (g: GraphBuilder, stream: Stream, id: string): readonly GraphValue[] =>
      g.once(`modulation ${id}`, () =>
        times.rows(g, layers.weight(g, `${id}.scale_shift_table`, [1, 6, D]), stream.get("rows"), 6),
      ),
    norms: { epsilon: [epsilon, epsilon] } as const,
    qkNorm: { kind: "rms-all", epsilon } as const,
    cross: config.crossNorm ? { norm: { name: "norm2", epsilon } } : {},
    feedForward: { name: "ffn", inner: config.inner, activation: "gelu-approximate" as const },
  };
  for (const one of layout.blocks) block(one, singleStreamBlock(one.id, table));
  part("proj_out", (g, stream) => {
    const own = layers.weight(g, "scale_shift_table", [1, 2, D]);
    const [shift, scale] = times.rows(g, own, stream.get("temb"), 2) as [GraphValue, GraphValue];
    const normed = layers.modulated(g, stream.get("x"), { shift, scale }, epsilon);
    const out = layers.linear(g, normed, "proj_out", t * h * w * inChannels);
    stream.set("prediction", layers.unpatched(g, out, [B, inChannels, F, height, width], patches));
  });

  const conditions = [{ name: "text", dims: [B, T, config.textChannels] }];
  return model({
    architecture: "WanTransformer3DModel",
    key: `wan ${B}×${F}×${height}×${width}+${T}${times.key}`,
    inputs: [
      { name: "latents", dims: [B, inChannels, F, height, width] },
      { name: "timestep", dims: [1, config.timeChannels] },
      ...conditions,
    ],
    conditions,
    embedTimestep: (timestep) => timestepEmbedding(timestep, config.timeChannels),
  });
};

export const architecture: Architecture = {
  ...plain,
  firstFrame: true, // as WanImageToVideoPipeline with expand_timesteps, Wan 2.2 TI2V
  guided: (inputs, scale, json) => plain.guided(withoutFirstFrame(inputs), scale, json),
  build,
  // 81 frames of 480 × 832 pixels, as WanPipeline makes them unless asked for others.
  shape: (json) => ({ channels: read(json).inChannels, frames: 21, height: 60, width: 104 }),
};
