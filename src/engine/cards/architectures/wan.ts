import type { Anatomy, SubLayer } from "../card.js";
import type { ConfigFields } from "./config.js";
import { crossAttention, embed, feedForward, head, selfAttention } from "./pieces.js";

/**
 * WanTransformer3DModel. An image-to-video network has keys and values of the encoded image beside those of the text
 * ("added_kv_proj_dim"); with "expand_timesteps" of its pipeline every token has a timestep of its own.
 */
export const wan = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("num_attention_heads", 40) * fields.whole("attention_head_dim", 128);
  const patch = fields.wholes("patch_size", [1, 2, 2]) as readonly [number, number, number];
  const cell = patch.reduce((product, side) => product * side, 1);
  const added = fields.whole("added_kv_proj_dim", 0, 0) > 0;
  const image = fields.whole("image_dim", 0, 0);
  const text = crossAttention("attn2", D);
  const cross: SubLayer = added
    ? {
        ...text,
        linears: [...text.linears, ["I", D, 2 * D]],
        attends: [...(text.attends ?? []), ["N", "I", D]],
      }
    : text;
  const out = fields.whole("out_channels", 16) * cell;
  const frequencies = fields.whole("freq_dim", 256);
  // WanPipeline with "expand_timesteps": the time embedding has a row per token.
  const timed = fields.flag("expand_timesteps", false) ? "N" : "1";
  return {
    patch,
    blocks: [
      {
        name: "blocks",
        repeat: fields.whole("num_layers", 40),
        sublayers: [selfAttention("attn1", D), cross, feedForward("ffn", "N", D, fields.whole("ffn_dim", 13824))],
        stream: [["N", D]],
      },
    ],
    outside: [
      embed(
        ["N", fields.whole("in_channels", 16) * cell, D],
        ["L", fields.whole("text_dim", 4096), D],
        ["L", D, D],
        [timed, frequencies, D],
        [timed, D, D],
        [timed, D, 6 * D],
        ...(image > 0
          ? ([
              ["I", image, image],
              ["I", image, D],
            ] as const)
          : []),
      ),
      head(["N", D, out]),
    ],
    prediction: out,
  };
};
