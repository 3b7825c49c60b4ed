import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import type { Stream } from "../../models/model.js";
import type { Activation, Layers, QkNorm, Rotation } from "./layers.js";
import type { SubLayer } from "./network-kit.js";

/** What distinguishes the blocks of one stream "x": self-attention, perhaps cross-attention to "caption", feed-forward. */
export interface SingleStream {
  readonly layers: Layers;
  readonly heads: number;
  /** Channels of a head. */
  readonly headWidth: number;
  /** Of the projections of queries, keys and values; of the way out of attention (default true). */
  readonly bias: boolean;
  readonly outBias?: boolean;
  /** Six rows [D] for this timestep: shift, scale and gate of attention, then of the feed-forward network. */
  readonly modulation: (g: GraphBuilder, stream: Stream, block: string) => readonly GraphValue[];
  /** Of the norms before attention and before the feed-forward network; the names of those with weights of their own. */
  readonly norms: {
    readonly kind?: "layer" | "rms";
    readonly epsilon: readonly [attention: number, feedForward: number];
    readonly affine?: readonly [attention: string | undefined, feedForward: string | undefined];
  };
  readonly qkNorm?: QkNorm;
  /** The sequences that attend to themselves, out of the stream and back into it. Default: each clip's whole stream. */
  readonly sequences?: {
    readonly split: (g: GraphBuilder, x: GraphValue) => GraphValue;
    readonly join: (g: GraphBuilder, x: GraphValue) => GraphValue;
  };
  /** Rotary tables of self-attention, see `Layers.turned`. */
  readonly rope?: string | ((g: GraphBuilder, stream: Stream) => Rotation);
  readonly feedForward: { readonly name: string; readonly inner?: number; readonly activation: Activation };
  /** Of cross-attention: the name of the norm before it, if it has one, and a bias [B, 1, 1, T] that hides text rows. */
  readonly cross?: {
    readonly norm?: { readonly name: string; readonly epsilon: number };
    readonly bias?: (g: GraphBuilder, stream: Stream) => GraphValue | undefined;
  };
}

/** The sub-layers of block `id`, by their names in the layout. */
export const singleStreamBlock = (id: string, table: SingleStream): Readonly<Record<string, SubLayer>> => {
  const { layers, heads, headWidth: width, bias, outBias = true, norms, qkNorm } = table;
  const { sequences, rope, feedForward, cross } = table;
  const rows = (g: GraphBuilder, stream: Stream, first: number) => {
    const [shift, scale, gate] = table.modulation(g, stream, id).slice(first, first + 3) as [
      GraphValue,
      GraphValue,
      GraphValue,
    ];
    return { shift, scale, gate };
  };
  const normed =
    (which: 0 | 1): NonNullable<SubLayer["input"]> =>
    (g, stream) => {
      const { shift, scale } = rows(g, stream, 3 * which);
      const x = stream.get("x");
      const [epsilon, own] = [norms.epsilon[which], norms.affine?.[which]];
      const name = own && `${id}.${own}`;
      if (norms.kind === "rms")
        return [g.add(g.mul(layers.rmsNorm(g, x, epsilon, name), g.add(scale, g.scalar(1))), shift)];
      return [layers.modulated(g, x, { shift, scale }, epsilon, name)];
    };
  const gated =
    (which: 0 | 1): NonNullable<SubLayer["merge"]> =>
    (g, stream, [feature]) =>
      stream.set("x", g.add(stream.get("x"), g.mul(rows(g, stream, 3 * which).gate, feature as GraphValue)));
  const norm = (name: string) => qkNorm && { ...qkNorm, name };
  const out = (g: GraphBuilder, attended: GraphValue, site: string): GraphValue =>
    layers.linear(g, attended, `${site}.to_out.0`, heads * width, outBias);
  const split = (g: GraphBuilder, x: GraphValue, name: string, normName?: string): GraphValue =>
    layers.heads(g, x, { name, heads, width, bias }, normName ? norm(normName) : undefined);

  const self: SubLayer = {
    input: normed(0),
    emit(g, stream, site) {
      const normed = stream.get(`${site}.input`);
      const x = sequences ? sequences.split(g, normed) : normed;
      const tables = typeof rope === "function" ? rope(g, stream) : rope;
      const q = layers.turned(g, split(g, x, `${site}.to_q`, `${site}.norm_q`), tables);
      const k = layers.turned(g, split(g, x, `${site}.to_k`, `${site}.norm_k`), tables);
      const attended = out(g, layers.attend(g, q, k, split(g, x, `${site}.to_v`)), site);
      return [sequences ? sequences.join(g, attended) : attended];
    },
    merge: gated(0),
  };
  const attn2 = `${id}.attn2`;
  const text: SubLayer = {
    text: (g, stream) => {
      const caption = stream.get("caption");
      return [split(g, caption, `${attn2}.to_k`, `${attn2}.norm_k`), split(g, caption, `${attn2}.to_v`)];
    },
    emit(g, stream) {
      const x = stream.get("x");
      const normedX = cross?.norm ? layers.layerNorm(g, x, cross.norm.epsilon, `${id}.${cross.norm.name}`) : x;
      const q = split(g, normedX, `${attn2}.to_q`, `${attn2}.norm_q`);
      const [k, v] = [stream.get(`${attn2}.text.k`), stream.get(`${attn2}.text.v`)];
      return [out(g, layers.attend(g, q, k, v, cross?.bias?.(g, stream)), attn2)];
    },
    merge: (g, stream, [feature]) => stream.set("x", g.add(stream.get("x"), feature as GraphValue)),
  };
  const mlp: SubLayer = {
    input: normed(1),
    emit: (g, stream, site) => [layers.feedForward(g, stream.get(`${site}.input`), site, feedForward)],
    merge: gated(1),
  };
  return { attn1: self, attn2: text, [feedForward.name]: mlp };
};
