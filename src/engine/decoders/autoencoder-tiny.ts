import { configReader } from "../architectures/config-reader.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import type { Decoder } from "./decoder.js";
import { imageLayers } from "./image-layers.js";

/**
 * The decoder of diffusers' AutoencoderTiny (TAESD): convolutions with skips, no norm, no attention.
 *
 * @throws EngineError "model-config"; "weight-missing" and "weight-shape" when its graph is made
 */
export const autoencoderTiny = (json: unknown, weights: WeightStore): Decoder => {
  const config = configReader(json, "Only AutoencoderTiny as diffusers saves it is supported.");
  const unread = ["in_channels", "encoder_block_out_channels", "num_encoder_blocks"];
  config.ignore(...unread, "latent_magnitude", "latent_shift", "force_upcast", "block_out_channels");
  const channels = config.whole("latent_channels", 4);
  const out = config.oneOf("out_channels", 3, [3]);
  const widths = config.wholes("decoder_block_out_channels", [64, 64, 64, 64]);
  const blocks = config.wholes("num_decoder_blocks", [3, 3, 3, 1], widths.length, 0);
  // A convolution between two stages keeps the width of the first.
  if (widths.some((width) => width !== widths[0])) config.refuse("decoder_block_out_channels", "one width for all");
  const enlarged = config.whole("upsampling_scaling_factor", 2);
  const activation = config.oneOf("act_fn", "relu", ["relu", "silu", "swish", "gelu"]);
  config.oneOf("upsample_fn", "nearest", ["nearest"]);
  const scale = config.real("scaling_factor", 1);
  const shift = config.number("shift_factor", 0);
  config.done();

  const layers = imageLayers(weights);
  const width = widths[0] as number;
  const relu = (g: GraphBuilder, x: GraphValue): GraphValue => g.node("Relu", [x], x.dims);
  const act = (g: GraphBuilder, x: GraphValue): GraphValue => {
    if (activation === "relu") return relu(g, x);
    return activation === "gelu" ? g.gelu(x, "none") : g.silu(x);
  };
  /** Three convolutions and what they began with. */
  const block = (g: GraphBuilder, x: GraphValue, name: string): GraphValue => {
    const first = act(g, layers.conv(g, x, `${name}.conv.0`, width));
    const second = act(g, layers.conv(g, first, `${name}.conv.2`, width));
    return relu(g, g.add(layers.conv(g, second, `${name}.conv.4`, width), x));
  };
  return {
    channels,
    scale,
    shift,
    factor: enlarged ** (widths.length - 1),
    decode(g, latents) {
      let layer = 0;
      const next = (): string => `decoder.layers.${layer++}`;
      const bounded = g.node("Tanh", [g.mul(latents, g.scalar(1 / 3))], latents.dims);
      let x = act(g, layers.conv(g, g.mul(bounded, g.scalar(3)), next(), width));
      layer++; // an activation counts as a layer, and so does an enlargement
      for (const [stage, count] of blocks.entries()) {
        for (let index = 0; index < count; index++) x = block(g, x, next());
        const final = stage === blocks.length - 1;
        if (!final) {
          x = layers.larger(g, x, enlarged);
          layer++;
        }
        x = layers.conv(g, x, next(), final ? out : width, { bias: final });
      }
      return g.sub(g.mul(x, g.scalar(2)), g.scalar(1));
    },
  };
};
