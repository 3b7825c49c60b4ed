import type { Anatomy } from "../card.js";
import type { ConfigFields } from "./config.js";
import { embed, embedder, feedForward, head, isGated, modulation } from "./pieces.js";

/** CogVideoXTransformer3DModel: one attention and one feed-forward over video and text rows. */
export const cogVideoX = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("num_attention_heads", 30) * fields.whole("attention_head_dim", 64);
  const time = fields.whole("time_embed_dim", 512);
  const [patch, patchTime] = [fields.whole("patch_size", 2), fields.whole("patch_size_t", 1)];
  const cell = patchTime * patch * patch;
  const out = fields.whole("out_channels", 16) * cell;
  const offset = fields.whole("ofs_embed_dim", 0, 0);
  return {
    patch: [patchTime, patch, patch],
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 30),
        sublayers: [
          modulation(time, 6 * D, 6 * D),
          {
            kind: "joint-attention",
            site: "attn1",
            linears: [["N+L", D, 4 * D]],
            attends: [["N+L", "N+L", D]],
            out: [
              ["N", D],
              ["L", D],
            ],
          },
          feedForward("ff", "N+L", D, 4 * D, isGated(fields)),
        ],
        stream: [
          ["N", D],
          ["L", D],
        ],
      },
    ],
    outside: [
      embed(
        ["N", fields.whole("in_channels", 16) * cell, D],
        ["L", fields.whole("text_embed_dim", 4096), D],
        ["1", D, time],
        ["1", time, time],
        ...(offset > 0 ? embedder(offset, offset) : []),
      ),
      head(["1", time, 2 * D], ["N", D, out]),
    ],
    prediction: out,
  };
};
