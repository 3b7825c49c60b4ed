import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import { hidden, meanRow, withImage } from "../architecture.js";
import type { Layers } from "./layers.js";

/**
 * One row [B, D] of a text [B, T, C], as MochiAttentionPool of diffusers makes it: the mean of the rows that are read asks
 * itself and all of these. Written out, since captured graphs of onnxruntime-web have no attention for every width of a
 * head, and these have C / heads channels.
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
  const [B, T, C] = text.dims as [number, number, number];
  const mean = meanRow(g, text, mask);
  const both = layers.linear(g, g.concat([mean, text], 1), `${name}.to_kv`, 2 * C); // [B, 1 + T, 2 · C]
  const split = (x: GraphValue, rows: number): GraphValue => g.reshape(x, [B, rows, heads, C / heads]);
  const q = split(layers.linear(g, mean, `${name}.to_q`, C), 1);
  const k = split(g.slice(both, 2, 0, C), 1 + T);
  const v = split(g.slice(both, 2, C, 2 * C), 1 + T);
  const asked = g.matmul(g.transpose(q, [0, 2, 1, 3]), g.transpose(k, [0, 2, 3, 1])); // [B, heads, 1, 1 + T]
  const scores = g.mul(asked, g.scalar((C / heads) ** -0.5));
  const seen = mask ? g.add(scores, hidden(g, withImage(g, mask, 1, "first"))) : scores; // the mean is always read
  const shares = g.node("Softmax", [seen], seen.dims, { axis: -1 });
  const pooled = g.reshape(g.matmul(shares, g.transpose(v, [0, 2, 1, 3])), [B, C]);
  return layers.linear(g, pooled, `${name}.to_out`, width);
};
