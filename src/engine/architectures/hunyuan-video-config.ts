import { configReader } from "./config-reader.js";

/** Norms of queries and keys, by diffusers' names. */
const qkNorms = { rms_norm: "rms-head", layer_norm: "layer-head" } as const;

/** @throws EngineError "model-config" that names the field, its value and what was expected */
export const hunyuanVideoConfig = (json: unknown) => {
  const config = configReader(json, "Only checkpoints of HunyuanVideo as diffusers saves them are supported.");
  // A picture that conditions a clip comes as further channels, or in place of the first frame.
  const picture = config.oneOf("image_condition_type", null, [null, "latent_concat", "token_replace"]);
  const pictured = picture === "latent_concat";
  const [heads, headWidth] = [config.whole("num_attention_heads", 24), config.whole("attention_head_dim", 128)];
  const axes = config.wholes("rope_axes_dim", [16, 56, 56], 3);
  if (axes.some((axis) => axis % 2) || axes.reduce((sum, axis) => sum + axis, 0) !== headWidth)
    config.refuse("rope_axes_dim", `even numbers that add up to attention_head_dim = ${headWidth}`);
  const inChannels = config.whole("in_channels", 16);
  const outChannels = config.get("out_channels") === null ? inChannels : config.whole("out_channels", 16);
  if (pictured && outChannels >= inChannels) config.refuse("out_channels", `less than in_channels = ${inChannels}`);
  if (!pictured && outChannels !== inChannels) config.refuse("out_channels", `in_channels = ${inChannels}`);
  const qkNorm = config.oneOf("qk_norm", "rms_norm", [null, "rms_norm", "layer_norm"]);
  const [patch, patchTime] = [config.whole("patch_size", 2), config.whole("patch_size_t", 1)];
  const found = {
    ...{ heads, headWidth, axes, inChannels, outChannels },
    replaced: picture === "token_replace",
    patches: [patchTime, patch, patch] as const,
    dual: config.whole("num_layers", 20, 0),
    single: config.whole("num_single_layers", 40, 0),
    refiner: config.whole("num_refiner_layers", 2, 0),
    inner: Math.floor(heads * headWidth * config.real("mlp_ratio", 4)),
    qkNorm: qkNorm && qkNorms[qkNorm],
    guidanceEmbeds: config.flag("guidance_embeds", true),
    textChannels: config.whole("text_embed_dim", 4096),
    pooledChannels: config.whole("pooled_projection_dim", 768),
    theta: config.real("rope_theta", 256),
  };
  if (found.dual + found.single === 0) config.refuse("num_single_layers", "a block of either kind");
  config.done();
  return found;
};
