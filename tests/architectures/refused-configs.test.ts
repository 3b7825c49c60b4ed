import { expect, test } from "vitest";
import { architectureOf } from "../../src/engine/architectures/index.js";
import { engineError } from "../error.js";

// What the graphs of a class do not cover is refused by the field's name.

const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ["HunyuanVideoTransformer3DModel", { image_condition_type: "channel_concat" }, "image_condition_type = "],
  ["HunyuanVideoTransformer3DModel", { qk_norm: "l2" }, "qk_norm = "],
  ["HunyuanVideoTransformer3DModel", { rope_axes_dim: [16, 56] }, "rope_axes_dim = "],
  ["HunyuanVideoTransformer3DModel", { rope_axes_dim: [16, 56, 54] }, "add up to attention_head_dim = 128"],
  ["HunyuanVideoTransformer3DModel", { num_layers: 0, num_single_layers: 0 }, "expected a block of either kind"],
  ["HunyuanVideoTransformer3DModel", { out_channels: 33 }, "expected in_channels = 16"],
  ["HunyuanVideoTransformer3DModel", { image_condition_type: "latent_concat" }, "expected less than in_channels = 16"],
  ["HunyuanVideoTransformer3DModel", { in_channels: 8 }, "out_channels = undefined; expected in_channels = 8"],
  ["HunyuanVideoTransformer3DModel", { mlp_ratio: 0 }, "mlp_ratio = 0"],
  ["HunyuanVideoTransformer3DModel", { text_embed_2_dim: 1472 }, "expected nothing"],
  ["LTXVideoTransformer3DModel", { patch_size: 2 }, "patch_size = 2; expected 1"],
  ["LTXVideoTransformer3DModel", { patch_size_t: 2 }, "patch_size_t = 2; expected 1"],
  ["LTXVideoTransformer3DModel", { qk_norm: "layer_norm" }, "qk_norm = "],
  ["LTXVideoTransformer3DModel", { cross_attention_dim: 1024 }, "expected the width 2048"],
  ["LTXVideoTransformer3DModel", { out_channels: 64 }, "expected in_channels = 128"],
  ["LTXVideoTransformer3DModel", { attention_head_dim: 63, cross_attention_dim: 2016 }, "expected an even number"],
  ["LTXVideoTransformer3DModel", { gated_attention: true }, "gated_attention = true; expected nothing"],
  ["MochiTransformer3DModel", { qk_norm: "layer_norm" }, "qk_norm = "],
  ["MochiTransformer3DModel", { out_channels: 16 }, "expected in_channels = 12"],
  ["MochiTransformer3DModel", { attention_head_dim: 127 }, "expected an even number"],
  ["MochiTransformer3DModel", { time_embed_dim: 255 }, "expected an even number"],
  ["MochiTransformer3DModel", { text_embed_dim: 12 }, "expected a multiple of 8"],
  ["MochiTransformer3DModel", { activation_fn: "relu" }, "activation_fn = "],
  ["MochiTransformer3DModel", { pos_embed_type: "learned" }, "expected nothing"],
];

test.each(refused)("%s with %o", async (name, fields, says) => {
  const config = { _class_name: name, ...fields };
  const { shape } = await architectureOf(config);
  expect(engineError("model-config", () => shape(config)).message).toContain(says);
});

test.each([...new Set(refused.map(([name]) => name))])("%s with its defaults in diffusers", async (name) => {
  const { shape } = await architectureOf({ _class_name: name });
  expect(shape({ _class_name: name }).channels).toBeGreaterThan(0);
});
