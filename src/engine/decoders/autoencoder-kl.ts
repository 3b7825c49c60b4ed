import { configReader } from "../architectures/config-reader.js";
import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import type { Decoder } from "./decoder.js";
import { imageLayers } from "./image-layers.js";

const epsilon = 1e-6;

/**
 * The decoder of diffusers' AutoencoderKL: ResNet blocks with group norms, one attention at the smallest size.
 *
 * @throws EngineError "model-config"; "weight-missing" and "weight-shape" when its graph is made
 */
export const autoencoderKL = (json: unknown, weights: WeightStore): Decoder => {
  const config = configReader(json, "Only AutoencoderKL as diffusers saves it is supported.");
  config.ignore("in_channels", "down_block_types", "sample_size", "force_upcast", "use_quant_conv");
  config.oneOf("out_channels", 3, [3]);
  config.oneOf("act_fn", "silu", ["silu", "swish"]);
  for (const field of ["latents_mean", "latents_std"]) config.oneOf(field, null, [null]);
  const widths = config.wholes("block_out_channels", [64]).toReversed();
  const kinds = config.get("up_block_types") ?? ["UpDecoderBlock2D"];
  if (!Array.isArray(kinds) || kinds.length !== widths.length || kinds.some((kind) => kind !== "UpDecoderBlock2D"))
    config.refuse("up_block_types", `${widths.length} times "UpDecoderBlock2D"`);
  const depth = config.whole("layers_per_block", 1) + 1;
  const groups = config.whole("norm_num_groups", 32);
  if (widths.some((width) => width % groups)) config.refuse("norm_num_groups", "a divisor of all block_out_channels");
  const channels = config.whole("latent_channels", 4);
  const entered = config.flag("use_post_quant_conv", true);
  const attended = config.flag("mid_block_add_attention", true);
  const scale = config.real("scaling_factor", 0.18215);
  const shift = config.number("shift_factor", 0);
  config.done();

  const layers = imageLayers(weights);
  const act = (g: GraphBuilder, x: GraphValue, norm: string): GraphValue =>
    g.silu(layers.groupNorm(g, x, norm, groups, epsilon));
  const resnet = (g: GraphBuilder, x: GraphValue, name: string, out: number): GraphValue => {
    const first = layers.conv(g, act(g, x, `${name}.norm1`), `${name}.conv1`, out);
    const second = layers.conv(g, act(g, first, `${name}.norm2`), `${name}.conv2`, out);
    const own = x.dims[1] === out ? x : layers.conv(g, x, `${name}.conv_shortcut`, out, { kernel: 1 });
    return g.add(own, second);
  };
  const attention = (g: GraphBuilder, x: GraphValue, name: string): GraphValue => {
    const [B, width, H, W] = x.dims as [number, number, number, number];
    const normed = layers.groupNorm(g, g.reshape(x, [B, width, H * W]), `${name}.group_norm`, groups, epsilon);
    const rows = g.transpose(normed, [0, 2, 1]);
    const of = (projection: string): GraphValue => layers.linear(g, rows, `${name}.${projection}`, width);
    const out = layers.linear(g, g.attention(of("to_q"), of("to_k"), of("to_v"), 1), `${name}.to_out.0`, width);
    return g.add(x, g.reshape(g.transpose(out, [0, 2, 1]), x.dims));
  };
  return {
    channels,
    scale,
    shift,
    factor: 2 ** (widths.length - 1),
    decode(g, latents) {
      const given = entered ? layers.conv(g, latents, "post_quant_conv", channels, { kernel: 1 }) : latents;
      const widest = widths[0] as number;
      let x = resnet(g, layers.conv(g, given, "decoder.conv_in", widest), "decoder.mid_block.resnets.0", widest);
      if (attended) x = attention(g, x, "decoder.mid_block.attentions.0");
      x = resnet(g, x, "decoder.mid_block.resnets.1", widest);
      for (const [stage, width] of widths.entries()) {
        const name = `decoder.up_blocks.${stage}`;
        for (let layer = 0; layer < depth; layer++) x = resnet(g, x, `${name}.resnets.${layer}`, width);
        if (stage < widths.length - 1) x = layers.conv(g, layers.larger(g, x), `${name}.upsamplers.0.conv`, width);
      }
      return layers.conv(g, act(g, x, "decoder.conv_norm_out"), "decoder.conv_out", 3);
    },
  };
};
