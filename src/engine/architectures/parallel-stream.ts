import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { Stream } from "../models/model.js";
import type { SubLayer } from "./kit.js";
import type { Layers, QkNorm } from "./layers.js";

/** What distinguishes the single-stream blocks of the FLUX family, in which attention and feed-forward read one norm. */
export interface ParallelStream {
  readonly layers: Layers;
  readonly heads: number;
  readonly headWidth: number;
  /** Rows of the text, which come before those of the image. */
  readonly tokens: number;
  readonly epsilon: number;
  readonly qkNorm: QkNorm;
  /** Rotary tables over text and image, see `Layers.turned`. */
  readonly rope: string;
  /** A bias [B, 1, S, S] or [B, 1, 1, S] on the scores of attention. */
  readonly mask?: (g: GraphBuilder, stream: Stream) => GraphValue | undefined;
  /** Shift, scale and gate, each [D] or [B, 1, D]. */
  readonly modulation: (g: GraphBuilder, stream: Stream, block: string) => readonly GraphValue[];
}

/** Block `id` of {@link ParallelStream}: both streams as one, its norm, its attention, and the gated way back. */
const parallel = (id: string, table: ParallelStream) => {
  const { layers, tokens: T, epsilon, qkNorm, rope, mask, heads, headWidth } = table;
  const joined = (g: GraphBuilder, stream: Stream): GraphValue =>
    g.once(`${id} joined`, () => g.concat([stream.get("context"), stream.get("x")], 1)); // [B, S, D]
  return {
    normed(g: GraphBuilder, stream: Stream): GraphValue {
      const [shift, scale] = table.modulation(g, stream, id) as [GraphValue, GraphValue];
      return layers.modulated(g, joined(g, stream), { shift, scale }, epsilon);
    },
    /** Queries, keys and values [B, S, D] → [B, S, D]. */
    attend(g: GraphBuilder, stream: Stream, [q, k, v]: readonly [GraphValue, GraphValue, GraphValue]): GraphValue {
      const split = (x: GraphValue): GraphValue => g.reshape(x, [...x.dims.slice(0, 2), heads, headWidth]);
      const turned = (x: GraphValue, norm: string): GraphValue =>
        layers.turned(g, layers.rmsNorm(g, split(x), qkNorm.epsilon, `${id}.attn.${norm}`), rope);
      return layers.attend(g, turned(q, "norm_q"), turned(k, "norm_k"), split(v), mask?.(g, stream));
    },
    merge(g: GraphBuilder, stream: Stream, feature: GraphValue): void {
      const gate = table.modulation(g, stream, id)[2] as GraphValue;
      const out = g.add(joined(g, stream), g.mul(gate, feature));
      stream.set("context", g.slice(out, 1, 0, T));
      stream.set("x", g.slice(out, 1, T, out.dims[1] as number));
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
      emit: (g, stream) => [layers.linear(g, stream.get(`${hidden}.input`), hidden, 4 * D)],
    },
    attn: {
      emit(g, stream, site) {
        const of = (name: string): GraphValue => layers.linear(g, stream.get(`${hidden}.input`), `${site}.${name}`, D);
        return [attend(g, stream, [of("to_q"), of("to_k"), of("to_v")])];
      },
    },
  };
  const end = (g: GraphBuilder, stream: Stream): void => {
    const both = g.concat([stream.get(`${id}.attn`), g.gelu(stream.get(hidden), "tanh")], 2); // [B, S, 5·D]
    merge(g, stream, layers.linear(g, both, `${id}.proj_out`, D));
  };
  return { subLayers, end };
};
