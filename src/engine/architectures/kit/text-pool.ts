import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import { hidden, meanRow, withImage } from "../architecture.js";
import type { Layers } from "./layers.js";

/**
 * One row [B, D] of a text [B, T, C], as MochiAttentionPool of diffusers makes it: the mean of the rows that are read asks
 * itself and all of these.
 *
 * @param name of the module, "time_embed.pooler"
 * @param mask [B, T] of ones, and zeros for rows that are not read
 */
export const textPool = (
  g: GraphBuilder,
  layers: Layers,
  text: GraphValue,
  mask: GraphValue | undefined,
  { name, heads, width }: { readonly name: string; readonly heads: number; readonly width: number },
): GraphValue => {
  const [B, , C] = text.dims as [number, number, number];
  const mean = meanRow(g, text, mask);
  const both = layers.linear(g, g.concat([mean, text], 1), `${name}.to_kv`, 2 * C);
  const split = (x: GraphValue): GraphValue => g.reshape(x, [B, x.dims[1] as number, heads, C / heads]);
  const q = split(layers.linear(g, mean, `${name}.to_q`, C));
  const [k, v] = [split(g.slice(both, 2, 0, C)), split(g.slice(both, 2, C, 2 * C))];
  const bias = mask && hidden(g, withImage(g, mask, 1, "first")); // the mean is always read
  return g.reshape(layers.linear(g, layers.attend(g, q, k, v, bias), `${name}.to_out`, width), [B, width]);
};
