import type { Anatomy } from "../card.js";
import type { ConfigFields } from "./config.js";
import { crossAttention, embed, feedForward, head, modulation, selfAttention } from "./pieces.js";

/**
 * Kandinsky5Transformer3DModel: a few blocks refine the text, then the blocks of the picture attend to it. Networks of
 * "visual_cond" are given the picture to continue and its mask beside the latents. Attention is counted whole, also where
 * "attention_type" is "nabla", which leaves tiles out by what they hold.
 */
export const kandinsky5 = (fields: ConfigFields): Anatomy => {
  const D = fields.whole("model_dim", 2048);
  const [time, hidden] = [fields.whole("time_dim", 512), fields.whole("ff_dim", 5120)];
  const patch = fields.wholes("patch_size", [1, 2, 2]) as readonly [number, number, number];
  const cell = patch.reduce((product, side) => product * side, 1);
  const channels = fields.whole("in_visual_dim", 4);
  const given = fields.flag("visual_cond", false) ? 2 * channels + 1 : channels;
  const out = cell * fields.whole("out_visual_dim", 4);
  return {
    patch,
    blocks: [
      {
        name: "visual_transformer_blocks",
        repeat: fields.whole("num_visual_blocks", 32),
        sublayers: [
          modulation(time, 9 * D),
          selfAttention("self_attention", D),
          crossAttention("cross_attention", D),
          feedForward("feed_forward", "N", D, hidden),
        ],
        stream: [["N", D]],
      },
    ],
    outside: [
      embed(
        ["N", cell * given, D],
        ["L", fields.whole("in_text_dim", 3584), D],
        ["1", fields.whole("in_text_dim2", 768), time],
        ["1", D, time],
        ["1", time, time],
      ),
      ...Array.from({ length: fields.whole("num_text_blocks", 2) }, () => ({
        ...embed(["1", time, 6 * D], ["L", D, 4 * D], ["L", D, hidden], ["L", hidden, D]),
        attends: [["L", "L", D] as const],
      })),
      head(["1", time, 2 * D], ["N", D, out]),
    ],
    prediction: out,
  };
};
