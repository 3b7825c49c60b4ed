import type { Anatomy, Linear, SubLayer, Work } from "../card.js";
import type { ConfigFields } from "./config.js";
import { dualFeedForward, embed, embedder, head, jointAttention, modulation, singleStream } from "./pieces.js";

/** A block of the token refiner: attention and feed-forward over the text rows. */
const refiner = (D: number, hidden: number): Work => ({
  kind: "embed",
  linears: [
    ["L", D, 4 * D],
    ["L", D, hidden],
    ["L", hidden, D],
    ["1", D, 2 * D],
  ],
  attends: [["L", "L", D]],
});

const widthOf = (fields: ConfigFields, heads: number): number =>
  fields.whole("num_attention_heads", heads) * fields.whole("attention_head_dim", 128);

/** HunyuanVideoTransformer3DModel. */
export const hunyuanVideo = (fields: ConfigFields): Anatomy => {
  const D = widthOf(fields, 24);
  const channels = fields.whole("in_channels", 16);
  const [patch, patchTime] = [fields.whole("patch_size", 2), fields.whole("patch_size_t", 1)];
  const text = fields.whole("text_embed_dim", 4096);
  const told = fields.flag("guidance_embeds", true) ? 2 : 1;
  const cell = patchTime * patch * patch;
  const hidden = Math.floor(D * fields.number("mlp_ratio", 4));
  const refined: readonly Linear[] = [["L", text, D], ...embedder(256, D), ...embedder(text, D)];
  return {
    patch: [patchTime, patch, patch],
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 20),
        sublayers: [
          modulation(D, 6 * D, 6 * D),
          jointAttention("attn", D),
          ...dualFeedForward(D, "ff", "ff_context", hidden),
        ],
        stream: [
          ["N", D],
          ["L", D],
        ],
      },
      {
        name: "single_transformer_blocks",
        repeat: fields.whole("num_single_layers", 40),
        sublayers: [modulation(D, 3 * D), ...singleStream(D, hidden)],
        stream: [["N+L", D]],
      },
    ],
    outside: [
      embed(
        ["N", channels * cell, D],
        ...Array.from({ length: told }, () => embedder(256, D)).flat(),
        ...embedder(fields.whole("pooled_projection_dim", 768), D),
      ),
      embed(...refined),
      ...Array.from({ length: fields.whole("num_refiner_layers", 2, 0) }, () => refiner(D, 4 * D)),
      head(["1", D, 2 * D], ["N", D, fields.whole("out_channels", channels) * cell]),
    ],
    prediction: fields.whole("out_channels", channels) * cell,
  };
};

/**
 * HunyuanVideo15Transformer3DModel: dual-stream blocks only; I are the rows of its image encoder, joined to the
 * text. The 256 rows of its second text encoder count as refined ones: 0.004 % of a pass too much.
 */
export const hunyuanVideo15 = (fields: ConfigFields): Anatomy => {
  const D = widthOf(fields, 16);
  const cell = fields.whole("patch_size_t", 1) * fields.whole("patch_size", 1) ** 2;
  const hidden = Math.floor(D * fields.number("mlp_ratio", 4));
  const text = fields.whole("text_embed_dim", 3584);
  const image = fields.whole("image_embed_dim", 1152);
  const out = fields.whole("out_channels", 32) * cell;
  const feed = (site: string, rows: string): SubLayer => ({
    kind: "feed-forward",
    site,
    linears: [
      [rows, D, hidden],
      [rows, hidden, D],
    ],
    out: [[rows, D]],
  });
  return {
    patch: [fields.whole("patch_size_t", 1), fields.whole("patch_size", 1), fields.whole("patch_size", 1)],
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 54),
        sublayers: [
          modulation(D, 6 * D, 6 * D),
          {
            kind: "joint-attention",
            site: "attn",
            linears: [
              ["N", D, 4 * D],
              ["L+I", D, 4 * D],
            ],
            attends: [["N+L+I", "N+L+I", D]],
            out: [
              ["N", D],
              ["L+I", D],
            ],
          },
          feed("ff", "N"),
          feed("ff_context", "L+I"),
        ],
        stream: [
          ["N", D],
          ["L+I", D],
        ],
      },
    ],
    outside: [
      embed(
        ["N", fields.whole("in_channels", 65) * cell, D],
        ["I", image, image],
        ["I", image, D],
        ...embedder(256, D),
      ),
      embed(["L", text, D], ...embedder(256, D), ...embedder(text, D)),
      ...Array.from({ length: fields.whole("num_refiner_layers", 2) }, () => refiner(D, 4 * D)),
      head(["1", D, 2 * D], ["N", D, out]),
    ],
    prediction: out,
  };
};
