import type { Anatomy, BlockGroup } from "../card.js";
import type { ConfigFields } from "./config.js";
import { crossAttention, embed, embedder, feedForward, head, isGated, modulation, selfAttention } from "./pieces.js";

/** LTXVideoTransformer3DModel: tokens are single latents. */
export const ltxVideo = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("num_attention_heads", 32) * fields.whole("attention_head_dim", 64);
  const channels = fields.whole("in_channels", 128);
  const [patch, patchTime] = [fields.whole("patch_size", 1), fields.whole("patch_size_t", 1)];
  const out = fields.whole("out_channels", channels) * patchTime * patch * patch;
  return {
    patch: [patchTime, patch, patch],
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 28),
        sublayers: [
          selfAttention("attn1", D),
          crossAttention("attn2", D),
          feedForward("ff", "N", D, 4 * D, isGated(fields)),
        ],
        stream: [["N", D]],
      },
    ],
    outside: [
      embed(["N", channels, D], ["L", fields.whole("caption_channels", 4096), D], ["L", D, D], ...embedder(256, D), [
        "1",
        D,
        6 * D,
      ]),
      head(["N", D, out]),
    ],
    prediction: out,
  };
};

/** MochiTransformer3DModel: a narrow text stream beside a wide video stream; gated feed-forwards. */
export const mochi = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("num_attention_heads", 24) * fields.whole("attention_head_dim", 128);
  const P = fields.whole("pooled_projection_dim", 1536);
  const layers = fields.whole("num_layers", 48);
  const patch = fields.whole("patch_size", 2);
  const text = fields.whole("text_embed_dim", 4096);
  const channels = fields.whole("in_channels", 12);
  const hidden = Math.floor((4 * D * 2) / 3);
  const gated = isGated(fields, "swiglu");
  const hiddenText = Math.floor((4 * P * 2) / 3);
  const group = (repeat: number, last: boolean): BlockGroup => ({
    name: "transformer_blocks",
    repeat,
    sublayers: [
      modulation(D, 4 * D, last ? P : 4 * P),
      {
        kind: "joint-attention",
        site: "attn1",
        linears: [["N", D, 4 * D], ["L", P, 3 * D], ...(last ? [] : ([["L", D, P]] as const))],
        attends: [["N+L", "N+L", D]],
        out: [["N", D], ...(last ? [] : ([["L", P]] as const))],
      },
      feedForward("ff", "N", D, hidden, gated),
      ...(last ? [] : [feedForward("ff_context", "L", P, hiddenText, gated)]),
    ],
    stream: [
      ["N", D],
      ["L", P],
    ],
  });
  const out = fields.whole("out_channels", channels) * patch * patch;
  return {
    patch: [1, patch, patch],
    blocks: [...(layers > 1 ? [group(layers - 1, false)] : []), group(1, true)],
    outside: [
      {
        ...embed(
          ["N", channels * patch * patch, D],
          ...embedder(fields.whole("time_embed_dim", 256), D),
          ["L+1", text, 2 * text],
          ["1", text, text],
          ["1", text, D],
          ["L", text, P],
        ),
        attends: [["1", "L+1", text]],
      },
      head(["1", D, 2 * D], ["N", D, out]),
    ],
    prediction: out,
  };
};
