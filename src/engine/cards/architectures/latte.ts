import type { Anatomy } from "../card.js";
import type { ConfigFields } from "./config.js";
import { crossAttention, embed, embedder, feedForward, head, isGated, modulation, selfAttention } from "./pieces.js";

// Networks of adaLN-single: one row of modulation for all blocks.

const square = (fields: ConfigFields, patch: number) => {
  const channels = fields.whole("in_channels", 4);
  return {
    channels: channels * patch * patch,
    out: fields.whole("out_channels", channels) * patch * patch,
    patch: [1, patch, patch] as const,
  };
};

const widthOf = (fields: ConfigFields): number =>
  fields.whole("num_attention_heads", 16) * fields.whole("attention_head_dim", 72);

/** LatteTransformer3DModel: spatial blocks with cross-attention and temporal ones in turn; a clip's text enters every frame. */
export const latte = (fields: ConfigFields): Anatomy => {
  const D = widthOf(fields);
  const { channels, out, patch } = square(fields, fields.whole("patch_size", 2));
  const repeat = fields.whole("num_layers", 28);
  const stream = [["N", D]] as const;
  const gated = isGated(fields, "geglu");
  return {
    patch,
    interleaved: true,
    blocks: [
      {
        name: "transformer_blocks",
        repeat,
        sublayers: [
          selfAttention("attn1", D, "spatial-attention"),
          crossAttention("attn2", D, "T*L"),
          feedForward("ff", "N", D, 4 * D, gated),
        ],
        stream,
      },
      {
        name: "temporal_transformer_blocks",
        repeat,
        sublayers: [selfAttention("attn1", D, "temporal-attention"), feedForward("ff", "N", D, 4 * D, gated)],
        stream,
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

/** PixArtTransformer2DModel; at 1024 pixels it is told the size as well. */
export const pixArt = (fields: ConfigFields): Anatomy => {
  const D = widthOf(fields);
  const { channels, out, patch } = square(fields, fields.whole("patch_size", 2));
  const sized = fields.flag("use_additional_conditions", fields.whole("sample_size", 128) === 128);
  const caption = fields.whole("caption_channels", 0, 0);
  const third = Math.floor(D / 3);
  return {
    patch,
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 28),
        sublayers: [
          selfAttention("attn1", D),
          crossAttention("attn2", D, "L", caption > 0 ? D : fields.whole("cross_attention_dim", 1152)),
          feedForward("ff", "N", D, 4 * D, isGated(fields)),
        ],
        stream: [["N", D]],
      },
    ],
    outside: [
      embed(
        ["N", channels, D],
        ...(caption > 0
          ? ([
              ["L", caption, D],
              ["L", D, D],
            ] as const)
          : []),
        ...embedder(256, D),
        ["1", D, 6 * D],
        ...(sized
          ? ([
              ["1+1+1", 256, third],
              ["1+1+1", third, third],
            ] as const)
          : []),
      ),
      head(["N", D, out]),
    ],
    prediction: out,
  };
};

/** DiTTransformer2DModel: each block embeds timestep and class label for itself. */
export const dit = (fields: ConfigFields): Anatomy => {
  const D = widthOf(fields);
  const { channels, out, patch } = square(fields, fields.whole("patch_size", 2));
  return {
    patch,
    blocks: [
      {
        name: "transformer_blocks",
        repeat: fields.whole("num_layers", 28),
        sublayers: [
          { kind: "modulation", linears: [...embedder(256, D), ...modulation(D, 6 * D).linears] },
          selfAttention("attn1", D),
          feedForward("ff", "N", D, 4 * D, isGated(fields)),
        ],
        stream: [["N", D]],
      },
    ],
    outside: [embed(["N", channels, D]), head(...embedder(256, D), ["1", D, 2 * D], ["N", D, out])],
    prediction: out,
  };
};

/** STDiT3 of Open-Sora 1.2 (VideoSys): spatial and temporal blocks in turn, both with cross-attention. */
export const stdit3 = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("num_heads", 16) * fields.whole("head_dim", 72);
  const { channels, out, patch } = square(fields, 2);
  const repeat = fields.whole("depth", 28);
  const rest = [crossAttention("cross_attn", D), feedForward("mlp", "N", D)];
  return {
    patch,
    interleaved: true,
    blocks: [
      {
        name: "spatial_blocks",
        repeat,
        sublayers: [selfAttention("attn", D, "spatial-attention"), ...rest],
        stream: [["N", D]],
      },
      {
        name: "temporal_blocks",
        repeat,
        sublayers: [selfAttention("attn", D, "temporal-attention"), ...rest],
        stream: [["N", D]],
      },
    ],
    outside: [
      embed(
        ["N", channels, D],
        ["L", fields.whole("caption_channels", 4096), D],
        ["L", D, D],
        ...embedder(256, D),
        ...embedder(256, D),
        ["1", D, 6 * D],
      ),
      head(["N", D, out]),
    ],
    prediction: out,
  };
};
