import type { Anatomy, BlockGroup, SubLayer } from "../card.js";
import type { ConfigFields } from "./config.js";
import {
  dualFeedForward,
  embed,
  embedder,
  feedForward,
  head,
  jointAttention,
  modulation,
  selfAttention,
} from "./pieces.js";

/** SD3Transformer2DModel: dual-stream blocks, some with an attention of the image alone; the last gives up the text. */
export const sd3 = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("num_attention_heads", 18) * fields.whole("attention_head_dim", 64);
  const layers = fields.whole("num_layers", 18);
  const patch = fields.whole("patch_size", 2);
  const channels = fields.whole("in_channels", 16);
  const out = fields.whole("out_channels", 16) * patch * patch;
  const dual = fields.wholes("dual_attention_layers", []);
  const group = (repeat: number, own: boolean, last: boolean): BlockGroup => {
    const joint = jointAttention("attn", D);
    const attention: SubLayer = last
      ? {
          ...joint,
          linears: [
            ["N", D, 4 * D],
            ["L", D, 3 * D],
          ],
          out: [["N", D]],
        }
      : joint;
    return {
      name: "transformer_blocks",
      repeat,
      sublayers: [
        modulation(D, (own ? 9 : 6) * D, (last ? 2 : 6) * D),
        attention,
        ...(own ? [selfAttention("attn2", D)] : []),
        ...(last ? [feedForward("ff", "N", D)] : dualFeedForward(D)),
      ],
      stream: [
        ["N", D],
        ["L", D],
      ],
    };
  };
  const own = Array.from({ length: layers - 1 }, (_, layer) => dual.includes(layer));
  const first = own.lastIndexOf(true) + 1;
  return {
    patch: [1, patch, patch],
    blocks: [
      ...(first > 0 ? [group(first, true, false)] : []),
      ...(layers - 1 > first ? [group(layers - 1 - first, false, false)] : []),
      group(1, dual.includes(layers - 1), true),
    ],
    outside: [
      embed(
        ["N", channels * patch * patch, D],
        ["L", fields.whole("joint_attention_dim", 4096), D],
        ...embedder(256, D),
        ...embedder(fields.whole("pooled_projection_dim", 2048), D),
      ),
      head(["1", D, 2 * D], ["N", D, out]),
    ],
    prediction: out,
  };
};
