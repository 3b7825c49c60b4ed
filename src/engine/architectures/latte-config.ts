import { EngineError, shown } from "../errors.js";
import { mostLayers } from "../models/sites.js";

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
  readonly gelu: "tanh" | "none";
}

const refuse = (field: string, value: unknown, expected: string): never => {
  throw new EngineError("model-config", `config.json has ${field} = ${shown(value)}; expected ${expected}.`, {
    hint: "Only text-conditioned Latte checkpoints as diffusers saves them are supported.",
  });
};

/** @throws EngineError "model-config" that names the field, its value and what was expected */
export const latteConfig = (json: unknown): LatteConfig => {
  if (typeof json !== "object" || json === null) return refuse("itself", json, "an object");
  const fields = json as Readonly<Record<string, unknown>>;
  const whole = (field: string, fallback?: number, most = 65_536): number => {
    const value = fields[field] ?? fallback;
    return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= most
      ? value
      : refuse(field, value, `a whole number from 1 to ${most}`);
  };
  const activation = fields.activation_fn ?? "geglu";
  if (activation !== "gelu-approximate" && activation !== "gelu")
    refuse("activation_fn", activation, `"gelu-approximate" or "gelu"`);
  if (fields.norm_type !== "ada_norm_single") refuse("norm_type", fields.norm_type, `"ada_norm_single"`);
  if (fields.norm_elementwise_affine !== false)
    refuse("norm_elementwise_affine", fields.norm_elementwise_affine, "false");
  const epsilon = fields.norm_eps ?? 1e-5;
  if (typeof epsilon !== "number" || !(epsilon > 0)) return refuse("norm_eps", epsilon, "a number above 0");

  const heads = whole("num_attention_heads", 16);
  const width = heads * whole("attention_head_dim", 88);
  if (width % 4) refuse("attention_head_dim", fields.attention_head_dim, "heads × attention_head_dim divisible by 4");
  if (whole("cross_attention_dim") !== width)
    refuse("cross_attention_dim", fields.cross_attention_dim, `the width ${width} (text is projected to it)`);
  const inChannels = whole("in_channels");
  const outChannels = whole("out_channels", inChannels);
  if (outChannels !== inChannels)
    refuse("out_channels", outChannels, `in_channels = ${inChannels} (a learned variance is not supported)`);
  return {
    heads,
    width,
    layers: whole("num_layers", 1, mostLayers),
    patch: whole("patch_size"),
    sampleSize: whole("sample_size", 64),
    frames: whole("video_length", 16),
    inChannels,
    outChannels,
    captionChannels: whole("caption_channels"),
    epsilon,
    attentionBias: fields.attention_bias === true,
    gelu: activation === "gelu" ? "none" : "tanh",
  };
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
