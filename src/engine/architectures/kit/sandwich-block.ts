import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import type { Stream } from "../../models/model.js";
import type { Layers } from "./layers.js";
import type { SubLayer } from "./network-kit.js";

/** What distinguishes the blocks of Z-Image: RMSNorm before and after each sub-layer, gates through tanh. */
export interface Sandwich {
  readonly layers: Layers;
  readonly heads: number;
  readonly width: number;
  /** Of the norms; those of queries and keys have 1e-5. */
  readonly epsilon: number;
  readonly qkNorm: boolean;
  /** Rotary tables, see `Layers.turned`. */
  readonly rope: string;
  /** Whether the timestep scales what enters and gates what leaves. */
  readonly modulated: boolean;
}

/** The sub-layers `attention` and `feed_forward` (SwiGLU, 8/3 as wide) of block `id` over the stream "x". */
export const sandwichBlock = (id: string, table: Sandwich): Readonly<Record<string, SubLayer>> => {
  const { layers, heads, width: D, epsilon, rope, modulated } = table;
  /** Scale and gate of attention, then of the feed-forward network. */
  const rows = (g: GraphBuilder, stream: Stream): readonly GraphValue[] =>
    layers.modulation(g, stream.get("temb"), `${id}.adaLN_modulation.0`, 4, D);
  const around = (which: 0 | 1, norm: string): Pick<SubLayer, "input" | "merge"> => ({
    input(g, stream) {
      const x = layers.rmsNorm(g, stream.get("x"), epsilon, `${id}.${norm}_norm1`);
      return [modulated ? g.mul(x, g.add(rows(g, stream)[2 * which] as GraphValue, g.scalar(1))) : x];
    },
    merge(g, stream, [feature]) {
      const normed = layers.rmsNorm(g, feature as GraphValue, epsilon, `${id}.${norm}_norm2`);
      const gate = modulated ? (rows(g, stream)[2 * which + 1] as GraphValue) : undefined;
      stream.set("x", g.add(stream.get("x"), gate ? g.mul(g.node("Tanh", [gate], gate.dims), normed) : normed));
    },
  });
  const attention: SubLayer = {
    ...around(0, "attention"),
    emit(g, stream, site) {
      const split = (name: string, norm?: string): GraphValue =>
        layers.heads(
          g,
          stream.get(`${site}.input`),
          { name: `${site}.${name}`, heads, width: D / heads, bias: false },
          norm && table.qkNorm ? { kind: "rms-head", epsilon: 1e-5, name: `${site}.${norm}` } : undefined,
        );
      const [q, k] = [layers.turned(g, split("to_q", "norm_q"), rope), layers.turned(g, split("to_k", "norm_k"), rope)];
      return [layers.linear(g, layers.attend(g, q, k, split("to_v")), `${site}.to_out.0`, D, false)];
    },
  };
  const inner = Math.floor((D / 3) * 8);
  const feedForward: SubLayer = {
    ...around(1, "ffn"),
    emit(g, stream, site) {
      const into = (name: string): GraphValue =>
        layers.linear(g, stream.get(`${site}.input`), `${site}.${name}`, inner, false);
      return [layers.linear(g, g.mul(g.silu(into("w1")), into("w3")), `${site}.w2`, D, false)];
    },
  };
  return { attention, feed_forward: feedForward };
};
