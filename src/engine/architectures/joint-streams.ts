import type { GraphBuilder, GraphValue } from "../graph/builder.js";
import type { Stream } from "../models/model.js";
import type { SubLayer } from "./kit.js";
import type { Activation, FeedForward, Layers, QkNorm } from "./layers.js";

/** One of two streams, "x" (image or video) or "context" (text), in a block of joint attention. */
export interface JointStream {
  /** Shift, scale and gate of attention, then of the feed-forward network, each [D]; two rows where the stream ends here. */
  readonly modulation: (g: GraphBuilder, stream: Stream, block: string) => readonly GraphValue[];
  /** Names of the projections and of the norms of queries and keys. */
  readonly projections: readonly [q: string, k: string, v: string];
  readonly norms: readonly [q: string, k: string];
  /** Name of the way out of attention; none where nobody reads this stream afterwards. */
  readonly out?: string;
  /** Its feed-forward network's name; none where the stream ends here. */
  readonly feedForward?: string;
}

/** The names that most classes give a stream's layers; no feed-forward network where the stream ends. */
export const imageNames = (feedForward = "ff") =>
  ({ projections: ["to_q", "to_k", "to_v"], norms: ["norm_q", "norm_k"], out: "to_out.0", feedForward }) as const;
export const textNames = (feedForward = "ff_context") =>
  ({
    projections: ["add_q_proj", "add_k_proj", "add_v_proj"],
    norms: ["norm_added_q", "norm_added_k"],
    ...{ out: "to_add_out", feedForward },
  }) as const;

export interface JointStreams {
  readonly layers: Layers;
  readonly heads: number;
  readonly headWidth: number;
  readonly epsilon: number;
  readonly qkNorm?: QkNorm;
  /** Rotary tables over the tokens in the order of attention. */
  readonly rope?: string;
  /** Whose tokens come first in attention. */
  readonly order: "text-first" | "image-first";
  readonly activation: Activation;
  /** What is unusual about the feed-forward networks of both streams. */
  readonly network?: FeedForward;
  /** Of all linear layers; default true. */
  readonly bias?: boolean;
  /** A bias [B, 1, 1, S] that hides tokens. */
  readonly mask?: (g: GraphBuilder, stream: Stream) => GraphValue | undefined;
  readonly x: JointStream;
  readonly context: JointStream;
}

/** Which rows of a modulation a norm takes where they are not shift, scale, gate: rows of a stream that ends. */
const rowsOf = (rows: readonly GraphValue[], first: number) => ({
  shift: rows[first] as GraphValue,
  scale: rows[first + 1] as GraphValue,
  gate: rows[first + 2] as GraphValue,
});

/** The sub-layers of block `id`: attention called `attn`, and the feed-forward networks of both streams. */
export const jointBlock = (id: string, table: JointStreams): Readonly<Record<string, SubLayer>> => {
  const { layers, heads, headWidth: width, epsilon, qkNorm, rope, order, mask, x, context, bias = true } = table;
  const attn = `${id}.attn`;
  const D = heads * width;
  const network = { activation: table.activation, bias, ...table.network };
  const normed = (g: GraphBuilder, stream: Stream, which: "x" | "context", first: number): GraphValue =>
    layers.modulated(g, stream.get(which), rowsOf(table[which].modulation(g, stream, id), first), epsilon);
  const gated = (g: GraphBuilder, stream: Stream, which: "x" | "context", first: number, feature: GraphValue): void => {
    const { gate } = rowsOf(table[which].modulation(g, stream, id), first);
    stream.set(which, g.add(stream.get(which), g.mul(gate, feature)));
  };
  const ordered = (g: GraphBuilder, image: GraphValue, text: GraphValue): GraphValue =>
    g.concat(order === "text-first" ? [text, image] : [image, text], 1);
  const attention: SubLayer = {
    input: (g, stream) => [normed(g, stream, "x", 0), normed(g, stream, "context", 0)],
    emit(g, stream) {
      const [image, text] = [stream.get(`${attn}.input`), stream.get(`${attn}.input.context`)];
      const joined = (which: 0 | 1 | 2): GraphValue => {
        const of = (value: GraphValue, { projections, norms }: JointStream): GraphValue => {
          const norm = which < 2 && qkNorm ? { ...qkNorm, name: `${attn}.${norms[which as 0 | 1]}` } : undefined;
          return layers.heads(g, value, { name: `${attn}.${projections[which]}`, heads, width, bias }, norm);
        };
        const all = ordered(g, of(image, x), of(text, context));
        return which < 2 ? layers.turned(g, all, rope) : all;
      };
      const out = layers.attend(g, joined(0), joined(1), joined(2), mask?.(g, stream));
      const [N, T] = [image.dims[1] as number, text.dims[1] as number];
      const own = order === "text-first" ? g.slice(out, 1, T, T + N) : g.slice(out, 1, 0, N);
      const others = order === "text-first" ? g.slice(out, 1, 0, T) : g.slice(out, 1, N, N + T);
      return [
        layers.linear(g, own, `${attn}.${x.out}`, D, bias),
        ...(context.out ? [layers.linear(g, others, `${attn}.${context.out}`, D, bias)] : []),
      ];
    },
    merge(g, stream, [own, others]) {
      gated(g, stream, "x", 0, own as GraphValue);
      if (others) gated(g, stream, "context", 0, others);
    },
  };
  const feedForward = (which: "x" | "context"): SubLayer => ({
    input: (g, stream) => [normed(g, stream, which, 3)],
    emit: (g, stream, site) => [layers.feedForward(g, stream.get(`${site}.input`), site, network)],
    merge: (g, stream, [feature]) => gated(g, stream, which, 3, feature as GraphValue),
  });
  return {
    attn: attention,
    ...(x.feedForward ? { [x.feedForward]: feedForward("x") } : {}),
    ...(context.feedForward ? { [context.feedForward]: feedForward("context") } : {}),
  };
};
