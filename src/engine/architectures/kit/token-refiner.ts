import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import { hidden, meanRow } from "../architecture.js";
import type { Layers } from "./layers.js";

export interface TokenRefiner {
  readonly layers: Layers;
  readonly heads: number;
  readonly headWidth: number;
  readonly blocks: number;
}

/** Which rows read which [B, 1, T, T]: rows that are read each other, and every row the first. */
const reading = (g: GraphBuilder, mask: GraphValue): GraphValue => {
  const [B, T] = mask.dims as [number, number];
  const both = g.mul(g.reshape(mask, [B, 1, T, 1]), g.reshape(mask, [B, 1, 1, T]));
  const data = Float32Array.from({ length: T }, (_, row) => (row === 0 ? 1 : 0));
  return g.node("Max", [both, g.constant(`first of ${T}`, { dims: [1, 1, 1, T], data })], [B, 1, T, T]);
};

/**
 * HunyuanVideo's HunyuanVideoTokenRefiner of diffusers, "context_embedder": blocks of attention among the rows of the text
 * [B, T, C], gated by the timestep and by the mean of the rows. Their attention is no site: what it reads hardly changes.
 * diffusers' PAB finds it all the same, as its pattern "blocks" fits refiner_blocks.
 *
 * @param timestep its embedding [1, 256]
 * @param mask [B, T] of ones, and zeros for rows that are not read
 * @returns [B, T, heads · headWidth]
 */
export const refinedText = (
  g: GraphBuilder,
  { layers, heads, headWidth: width, blocks }: TokenRefiner,
  text: GraphValue,
  timestep: GraphValue,
  mask: GraphValue | undefined,
): GraphValue => {
  const [D, B] = [heads * width, text.dims[0] as number];
  const embed = (of: string, x: GraphValue): GraphValue =>
    layers.embedder(g, x, `context_embedder.time_text_embed.${of}_embedder`, D);
  const mean = g.reshape(meanRow(g, text, mask), [B, text.dims[2] as number]);
  const temb = g.silu(g.add(embed("timestep", timestep), embed("text", mean)));
  const bias = mask && hidden(g, reading(g, mask));
  let x = layers.linear(g, text, "context_embedder.proj_in", D);
  for (let block = 0; block < blocks; block++) {
    const id = `context_embedder.token_refiner.refiner_blocks.${block}`;
    const [attentionGate, feedForwardGate] = layers.modulation(g, temb, `${id}.norm_out.linear`, 2, D);
    const normed = layers.layerNorm(g, x, 1e-6, `${id}.norm1`);
    const of = (name: string): GraphValue => layers.heads(g, normed, { name: `${id}.attn.${name}`, heads, width });
    const attended = layers.attend(g, of("to_q"), of("to_k"), of("to_v"), bias);
    x = g.add(x, g.mul(attentionGate as GraphValue, layers.linear(g, attended, `${id}.attn.to_out.0`, D)));
    const fed = layers.feedForward(g, layers.layerNorm(g, x, 1e-6, `${id}.norm2`), `${id}.ff`, {
      activation: "linear-silu",
    });
    x = g.add(x, g.mul(feedForwardGate as GraphValue, fed));
  }
  return x;
};
