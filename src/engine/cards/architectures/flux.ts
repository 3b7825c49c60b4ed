import type { Anatomy, BlockGroup, SubLayer } from "../card.js";
import type { ConfigFields } from "./config.js";
import { dualFeedForward, embed, embedder, head, jointAttention, modulation, singleStream } from "./pieces.js";

/** FLUX's latents are packed in squares of 2 × 2 before the network, whatever its own patch_size says. */
const packed = [1, 2, 2] as const;

/** Dual-stream blocks, then single-stream ones over both streams; Chroma has the same without adaLN of its own. */
const stacks = (fields: ConfigFields, D: number, modulated: boolean): readonly BlockGroup[] => {
  const rows = (...layers: readonly SubLayer[]): readonly SubLayer[] => (modulated ? layers : []);
  return [
    {
      name: "transformer_blocks",
      repeat: fields.whole("num_layers", 19),
      sublayers: [...rows(modulation(D, 6 * D, 6 * D)), jointAttention("attn", D), ...dualFeedForward(D)],
      stream: [
        ["N", D],
        ["L", D],
      ],
    },
    {
      name: "single_transformer_blocks",
      repeat: fields.whole("num_single_layers", 38),
      sublayers: [...rows(modulation(D, 3 * D)), ...singleStream(D)],
      stream: [["N+L", D]],
    },
  ];
};

const widthOf = (fields: ConfigFields, heads: number): number =>
  fields.whole("num_attention_heads", heads) * fields.whole("attention_head_dim", 128);

/** FluxTransformer2DModel. */
export const flux = (fields: ConfigFields): Anatomy => {
  const D = widthOf(fields, 24);
  const channels = fields.whole("in_channels", 64);
  const told = fields.flag("guidance_embeds", false) ? 2 : 1;
  return {
    patch: packed,
    blocks: stacks(fields, D, true),
    outside: [
      embed(
        ["N", channels, D],
        ["L", fields.whole("joint_attention_dim", 4096), D],
        ...Array.from({ length: told }, () => embedder(256, D)).flat(),
        ...embedder(fields.whole("pooled_projection_dim", 768), D),
      ),
      head(["1", D, 2 * D], ["N", D, fields.whole("out_channels", channels)]),
    ],
    prediction: channels,
  };
};

/** ChromaTransformer2DModel: FLUX.1 whose adaLN rows come from one small network, a row each. */
export const chroma = (fields: ConfigFields): Anatomy => {
  const D = widthOf(fields, 24);
  const channels = fields.whole("in_channels", 64);
  const [dual, single] = [fields.whole("num_layers", 19), fields.whole("num_single_layers", 38)];
  const hidden = fields.whole("approximator_hidden_dim", 5120);
  const rows = Array.from({ length: 3 * single + 12 * dual + 2 }, () => "1").join("+");
  const layers = fields.whole("approximator_layers", 5);
  return {
    patch: packed,
    blocks: stacks(fields, D, false),
    outside: [
      embed(["N", channels, D], ["L", fields.whole("joint_attention_dim", 4096), D]),
      embed(
        [rows, fields.whole("approximator_num_channels", 64), hidden],
        ...Array.from({ length: 2 * layers }, () => [rows, hidden, hidden] as const),
        [rows, hidden, D],
      ),
      head(["N", D, fields.whole("out_channels", channels)]),
    ],
    prediction: channels,
  };
};

/** Flux2Transformer2DModel: gated feed-forwards, one adaLN for all blocks, single-stream blocks as one module. */
export const flux2 = (fields: ConfigFields): Anatomy => {
  const D = widthOf(fields, 48);
  const channels = fields.whole("in_channels", 128);
  const hidden = Math.floor(D * fields.number("mlp_ratio", 3));
  const gated = (site: string, rows: string): SubLayer => ({
    kind: "feed-forward",
    site,
    linears: [
      [rows, D, 2 * hidden],
      [rows, hidden, D],
    ],
    out: [[rows, D]],
  });
  const told = fields.flag("guidance_embeds", true) ? 2 : 1;
  const embedders = Array.from({ length: told }, () =>
    embedder(fields.whole("timestep_guidance_channels", 256), D),
  ).flat();
  return {
    patch: packed,
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 8),
        sublayers: [jointAttention("attn", D), gated("ff", "N"), gated("ff_context", "L")],
        stream: [
          ["N", D],
          ["L", D],
        ],
      },
      {
        name: "single_transformer_blocks",
        repeat: fields.whole("num_single_layers", 48),
        sublayers: [
          {
            kind: "joint-attention",
            site: "attn",
            linears: [
              ["N+L", D, 3 * D + 2 * hidden],
              ["N+L", D + hidden, D],
            ],
            attends: [["N+L", "N+L", D]],
            out: [["N+L", D]],
          },
        ],
        stream: [["N+L", D]],
      },
    ],
    outside: [
      embed(["N", channels, D], ["L", fields.whole("joint_attention_dim", 15360), D], ...embedders),
      {
        kind: "modulation",
        linears: [
          ["1", D, 6 * D],
          ["1", D, 6 * D],
          ["1", D, 3 * D],
        ],
      },
      head(["1", D, 2 * D], ["N", D, fields.whole("out_channels", channels)]),
    ],
    prediction: channels,
  };
};
