import { configReader } from "./config-reader.js";
import { packedConfig } from "./kit/packed-latents.js";

/** What `config.json` of a FluxTransformer2DModel says, under our names. */
export interface FluxConfig {
  readonly heads: number;
  readonly headWidth: number;
  readonly width: number;
  readonly dualLayers: number;
  readonly singleLayers: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly textChannels: number;
  readonly pooledChannels: number;
  readonly guidanceEmbeds: boolean;
  /** Channels of a head that turn with each axis of the ids: text, row, column. */
  readonly ropeAxes: readonly number[];
}

/** @throws EngineError "model-config" that names the field, its value and what was expected */
export const fluxConfig = (json: unknown): FluxConfig => {
  const config = configReader(json, "Only FLUX.1 checkpoints as diffusers saves them are supported.");
  const [heads, headWidth] = [config.whole("num_attention_heads", 24), config.whole("attention_head_dim", 128)];
  const found = {
    ...{ heads, headWidth, width: heads * headWidth, ...packedConfig(config, 64, [16, 56, 56], headWidth) },
    dualLayers: config.whole("num_layers", 19, 0),
    singleLayers: config.whole("num_single_layers", 38, 0),
    textChannels: config.whole("joint_attention_dim", 4096),
    pooledChannels: config.whole("pooled_projection_dim", 768),
    guidanceEmbeds: config.flag("guidance_embeds", false),
  };
  config.done();
  return found;
};

type Expected = readonly (readonly [name: string, dims: readonly number[]])[];

const linear = (name: string, out: number, into: number): Expected => [
  [`${name}.weight`, [out, into]],
  [`${name}.bias`, [out]],
];

/** Every weight that the configuration asks for, with its shape. */
export const fluxWeights = (config: FluxConfig): Expected => {
  const { width: D, headWidth, inChannels, outChannels, textChannels, pooledChannels } = config;
  const attention = (name: string, projections: readonly string[], norms: readonly string[]): Expected => [
    ...projections.flatMap((projection) => linear(`${name}.${projection}`, D, D)),
    ...norms.map((norm) => [`${name}.${norm}.weight`, [headWidth]] as const),
  ];
  const feedForward = (name: string): Expected => [
    ...linear(`${name}.net.0.proj`, 4 * D, D),
    ...linear(`${name}.net.2`, D, 4 * D),
  ];
  const own = ["to_q", "to_k", "to_v"];
  const added = ["to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"];
  const embedder = (name: string, into: number): Expected => [
    ...linear(`time_text_embed.${name}.linear_1`, D, into),
    ...linear(`time_text_embed.${name}.linear_2`, D, D),
  ];
  return [
    ...linear("x_embedder", D, inChannels),
    ...linear("context_embedder", D, textChannels),
    ...embedder("timestep_embedder", 256),
    ...embedder("text_embedder", pooledChannels),
    ...(config.guidanceEmbeds ? embedder("guidance_embedder", 256) : []),
    ...linear("norm_out.linear", 2 * D, D),
    ...linear("proj_out", outChannels, D),
    ...Array.from({ length: config.dualLayers }, (_, layer) => `transformer_blocks.${layer}`).flatMap((block) => [
      ...linear(`${block}.norm1.linear`, 6 * D, D),
      ...linear(`${block}.norm1_context.linear`, 6 * D, D),
      ...attention(`${block}.attn`, [...own, ...added], ["norm_q", "norm_k", "norm_added_q", "norm_added_k"]),
      ...feedForward(`${block}.ff`),
      ...feedForward(`${block}.ff_context`),
    ]),
    ...Array.from({ length: config.singleLayers }, (_, layer) => `single_transformer_blocks.${layer}`).flatMap(
      (block) => [
        ...linear(`${block}.norm.linear`, 3 * D, D),
        ...attention(`${block}.attn`, own, ["norm_q", "norm_k"]),
        ...linear(`${block}.proj_mlp`, 4 * D, D),
        ...linear(`${block}.proj_out`, D, 5 * D),
      ],
    ),
  ];
};
