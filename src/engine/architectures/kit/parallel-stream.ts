import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import type { Stream } from "../../models/model.js";
import { activate, type Layers, type QkNorm } from "./layers.js";
import type { SubLayer } from "./network-kit.js";

/** What distinguishes the single-stream blocks of the FLUX family, in which attention and feed-forward read one norm. */
export interface ParallelStream {
  readonly layers: Layers;
  readonly heads: number;
  readonly headWidth: number;
  /** Rows of the text. */
  readonly tokens: number;
  /** Whose rows come first. Default "text-first". */
  readonly order?: "text-first" | "image-first";
  readonly epsilon: number;
  readonly qkNorm?: QkNorm;
  /** Hidden channels of the feed-forward network. Default four times as many as the stream has. */
  readonly inner?: number;
  /** Rotary tables over text and image in their order, see `Layers.turned`. */
  readonly rope: string;
  /** A bias [B, 1, S, S] or [B, 1, 1, S] on the scores of attention. */
  readonly mask?: (g: GraphBuilder, stream: Stream) => GraphValue | undefined;
  /** Shift, scale and gate, each [D] or [B, 1, D]. */
  readonly modulation: (g: GraphBuilder, stream: Stream, block: string) => readonly GraphValue[];
}

/** Block `id` of {@link ParallelStream}: both streams as one, its norm, its attention, and the gated way back. */
const parallel = (id: string, table: ParallelStream) => {
  const { layers, tokens: T, epsilon, qkNorm, rope, mask, heads, headWidth: width } = table;
  const order = table.order === "image-first" ? ["x", "context"] : ["context", "x"];
  const joined = (g: GraphBuilder, stream: Stream): GraphValue =>
    g.once(`${id} joined`, () =>
      g.concat(
        order.map((name) => stream.get(name)),
        1,
      ),
    ); // [B, S, D]
  return {
    normed(g: GraphBuilder, stream: Stream): GraphValue {
      const [shift, scale] = table.modulation(g, stream, id) as [GraphValue, GraphValue];
      return layers.modulated(g, joined(g, stream), { shift, scale }, epsilon);
    },
    /** Queries, keys and values [B, S, D] → [B, S, D]. */
    attend(g: GraphBuilder, stream: Stream, [q, k, v]: readonly [GraphValue, GraphValue, GraphValue]): GraphValue {
      const split = (x: GraphValue, norm?: string): GraphValue =>
        layers.inHeads(g, x, { heads, width }, norm && qkNorm ? { ...qkNorm, name: `${id}.attn.${norm}` } : undefined);
      const turned = (x: GraphValue, norm: string): GraphValue => layers.turned(g, split(x, norm), rope);
      return layers.attend(g, turned(q, "norm_q"), turned(k, "norm_k"), split(v), mask?.(g, stream));
    },
    merge(g: GraphBuilder, stream: Stream, feature: GraphValue): void {
      const gate = table.modulation(g, stream, id)[2] as GraphValue;
      const out = g.add(joined(g, stream), g.mul(gate, feature));
      const S = out.dims[1] as number;
      const cut = order[0] === "x" ? S - T : T;
      stream.set(order[0] as string, g.slice(out, 1, 0, cut));
      stream.set(order[1] as string, g.slice(out, 1, cut, S));
    },
  };
};

/** A block of FLUX.1's kind: sub-layers `proj_mlp` and `attn`, and at its end the product `proj_out` that joins them. */
export const parallelBlock = (id: string, table: ParallelStream) => {
  const { layers } = table;
  const { normed, attend, merge } = parallel(id, table);
  const D = table.heads * table.headWidth;
  const hidden = `${id}.proj_mlp`;
  const subLayers: Readonly<Record<string, SubLayer>> = {
    proj_mlp: {
      input: (g, stream) => [normed(g, stream)],
      emit: (g, stream) => [layers.linear(g, stream.get(`${hidden}.input`), hidden, table.inner ?? 4 * D)],
    },
    attn: {
      emit(g, stream, site) {
        const of = (name: string): GraphValue => layers.linear(g, stream.get(`${hidden}.input`), `${site}.${name}`, D);
        return [attend(g, stream, [of("to_q"), of("to_k"), of("to_v")])];
      },
    },
  };
  const end = (g: GraphBuilder, stream: Stream): void => {
    const both = g.concat([stream.get(`${id}.attn`), g.gelu(stream.get(hidden), "tanh")], 2); // [B, S, D + inner]
    merge(g, stream, layers.linear(g, both, `${id}.proj_out`, D));
  };
  return { subLayers, end };
};

/** A block of FLUX.2's kind: `attn` alone, whose ways in and out are one product each with those of the SwiGLU. */
export const fusedBlock = (id: string, table: ParallelStream & { readonly inner: number }) => {
  const { layers, inner } = table;
  const { normed, attend, merge } = parallel(id, table);
  const D = table.heads * table.headWidth;
  const attn: SubLayer = {
    input: (g, stream) => [normed(g, stream)],
    emit(g, stream, site) {
      const into = layers.linear(g, stream.get(`${site}.input`), `${site}.to_qkv_mlp_proj`, 3 * D + 2 * inner, false);
      const of = (index: number): GraphValue => g.slice(into, 2, index * D, (index + 1) * D);
      const hidden = activate(g, g.slice(into, 2, 3 * D, 3 * D + 2 * inner), "silu-gate", inner);
      const both = g.concat([attend(g, stream, [of(0), of(1), of(2)]), hidden], 2);
      return [layers.linear(g, both, `${site}.to_out`, D, false)];
    },
    merge: (g, stream, [feature]) => merge(g, stream, feature as GraphValue),
  };
  return { attn };
};
