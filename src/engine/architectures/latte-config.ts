import { configReader } from "./config-reader.js";
import type { Activation } from "./kit/layers.js";

/** What `config.json` of a LatteTransformer3DModel says, under our names. */
export interface LatteConfig {
  readonly heads: number;
  readonly width: number;
  readonly layers: number;
  readonly patch: number;
  readonly sampleSize: number;
  readonly frames: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly captionChannels: number;
  readonly epsilon: number;
  readonly attentionBias: boolean;
  readonly activation: Activation;
}

/** @throws EngineError "model-config" that names the field, its value and what was expected */
export const latteConfig = (json: unknown): LatteConfig => {
  const config = configReader(json, "Only text-conditioned Latte checkpoints as diffusers saves them are supported.");
  config.ignore("dropout", "num_embeds_ada_norm", "norm_num_groups", "upcast_attention");
  config.oneOf("attention_type", "default", ["default"]);
  const activation = config.oneOf("activation_fn", "geglu", ["gelu-approximate", "gelu"]);
  config.oneOf("norm_type", "layer_norm", ["ada_norm_single"]);
  if (config.flag("norm_elementwise_affine", true)) config.refuse("norm_elementwise_affine", "false");
  const heads = config.whole("num_attention_heads", 16);
  const width = heads * config.whole("attention_head_dim", 88);
  if (width % 4) config.refuse("attention_head_dim", "heads × attention_head_dim divisible by 4");
  if (config.whole("cross_attention_dim", undefined) !== width)
    config.refuse("cross_attention_dim", `the width ${width} (text is projected to it)`);
  const inChannels = config.whole("in_channels", undefined);
  const outChannels = config.maybe("out_channels") ?? inChannels;
  if (outChannels !== inChannels)
    config.refuse("out_channels", `in_channels = ${inChannels} (a learned variance is not supported)`);
  const found = {
    ...{ heads, width, inChannels, outChannels, activation },
    layers: config.whole("num_layers", 1),
    patch: config.whole("patch_size", undefined),
    sampleSize: config.whole("sample_size", 64),
    frames: config.whole("video_length", 16),
    captionChannels: config.whole("caption_channels", undefined),
    epsilon: config.real("norm_eps", 1e-5),
    attentionBias: config.flag("attention_bias", false),
  };
  config.done();
  return found;
};

/** Every weight that the configuration asks for, with its shape. */
export const latteWeights = (config: LatteConfig): readonly (readonly [name: string, dims: readonly number[]])[] => {
  const { width: D, patch, inChannels, outChannels, captionChannels, layers, attentionBias } = config;
  const linear = (name: string, out: number, into: number, bias = true): [string, number[]][] =>
    bias
      ? [
          [`${name}.weight`, [out, into]],
          [`${name}.bias`, [out]],
        ]
      : [[`${name}.weight`, [out, into]]]; // prettier-ignore
  const attention = (name: string): [string, number[]][] => [
    ...["to_q", "to_k", "to_v"].flatMap((projection) => linear(`${name}.${projection}`, D, D, attentionBias)),
    ...linear(`${name}.to_out.0`, D, D),
  ];
  const block = (name: string, cross: boolean): [string, number[]][] => [
    [`${name}.scale_shift_table`, [6, D]],
    ...attention(`${name}.attn1`),
    ...(cross ? attention(`${name}.attn2`) : []),
    ...linear(`${name}.ff.net.0.proj`, 4 * D, D),
    ...linear(`${name}.ff.net.2`, D, 4 * D),
  ];
  return [
    ["pos_embed.proj.weight", [D, inChannels, patch, patch]],
    ["pos_embed.proj.bias", [D]],
    ["scale_shift_table", [2, D]],
    ...linear("adaln_single.emb.timestep_embedder.linear_1", D, 256),
    ...linear("adaln_single.emb.timestep_embedder.linear_2", D, D),
    ...linear("adaln_single.linear", 6 * D, D),
    ...linear("caption_projection.linear_1", D, captionChannels),
    ...linear("caption_projection.linear_2", D, D),
    ...linear("proj_out", patch * patch * outChannels, D),
    ...Array.from({ length: layers }, (_, layer) => [
      ...block(`transformer_blocks.${layer}`, true),
      ...block(`temporal_transformer_blocks.${layer}`, false),
    ]).flat(),
  ];
};
