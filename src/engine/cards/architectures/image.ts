import type { Anatomy, SubLayer } from "../card.js";
import type { ConfigFields } from "./config.js";
import { dualFeedForward, embed, embedder, feedForward, head, jointAttention, modulation } from "./pieces.js";

/** QwenImageTransformer2DModel: dual-stream blocks; latents are packed in squares before the network. */
export const qwenImage = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("num_attention_heads", 24) * fields.whole("attention_head_dim", 128);
  const channels = fields.whole("in_channels", 64);
  const patch = fields.whole("patch_size", 2);
  const out = fields.whole("out_channels", 16) * patch * patch;
  return {
    patch: [1, patch, patch],
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 60),
        sublayers: [
          modulation(D, 6 * D, 6 * D),
          jointAttention("attn", D),
          ...dualFeedForward(D, "img_mlp", "txt_mlp"),
        ],
        stream: [
          ["N", D],
          ["L", D],
        ],
      },
    ],
    outside: [
      embed(["N", channels, D], ["L", fields.whole("joint_attention_dim", 3584), D], ...embedder(256, D)),
      head(["1", D, 2 * D], ["N", D, out]),
    ],
    prediction: out,
  };
};

/** Rows of the adaLN of Z-Image. */
const adaLn = 256;

/** ZImageTransformer2DModel: two blocks refine the image and two the text, then all rows run through one stack. */
export const zImage = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("dim", 3840);
  const hidden = Math.floor((D / 3) * 8);
  const patch = fields.wholes("all_patch_size", [2])[0] ?? 2;
  const cell = patch * patch * fields.whole("in_channels", 16);
  const rows = Math.min(D, adaLn);
  const layers = (which: string): readonly SubLayer[] => [
    {
      kind: "joint-attention",
      site: "attention",
      linears: [[which, D, 4 * D]],
      attends: [[which, which, D]],
      out: [[which, D]],
    },
    feedForward("feed_forward", which, D, hidden, true),
  ];
  const refine = (which: string, modulated: boolean) => ({
    kind: "embed" as const,
    linears: [...layers(which).flatMap(({ linears }) => linears), ...(modulated ? [["1", rows, 4 * D] as const] : [])],
    attends: [[which, which, D] as const],
  });
  const refiners = fields.whole("n_refiner_layers", 2);
  return {
    patch: [1, patch, patch],
    blocks: [
      {
        name: "layers",
        repeat: fields.whole("n_layers", 30),
        sublayers: [modulation(rows, 4 * D), ...layers("N+L")],
        stream: [["N+L", D]],
      },
    ],
    outside: [
      embed(["N", cell, D], ["L", fields.whole("cap_feat_dim", 2560), D], ["1", 256, 1024], ["1", 1024, rows]),
      ...Array.from({ length: refiners }, () => refine("N", true)),
      ...Array.from({ length: refiners }, () => refine("L", false)),
      head(["1", rows, D], ["N+L", D, cell]),
    ],
    prediction: cell,
  };
};
