import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import type { Stream } from "../../models/model.js";
import type { Activation, FeedForward, Layers, QkNorm } from "./layers.js";
import type { SubLayer } from "./network-kit.js";

/** One of two streams, "x" (image or video) or "context" (text), in a block of joint attention. */
export interface JointStream {
  /** Rows for attention, then for the feed-forward network, as `Around` reads them, each [D]; fewer where the stream ends. */
  readonly modulation: (g: GraphBuilder, stream: Stream, block: string) => readonly GraphValue[];
  /** Names of the projections and of the norms of queries and keys. */
  readonly projections: readonly [q: string, k: string, v: string];
  readonly norms: readonly [q: string, k: string];
  /** Name of the way out of attention; none where nobody reads this stream afterwards. */
  readonly out?: string;
  /** Its feed-forward network's name; none where the stream ends here. */
  readonly feedForward?: string;
  /** What is unusual about that network. */
  readonly network?: FeedForward;
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

/** How the sub-layers of a stream read it and come back to it, by the rows of its modulation: `which` of the two sub-layers. */
export interface Around {
  readonly input: (g: GraphBuilder, x: GraphValue, rows: readonly GraphValue[], which: 0 | 1) => GraphValue;
  readonly output: (g: GraphBuilder, feature: GraphValue, rows: readonly GraphValue[], which: 0 | 1) => GraphValue;
}

/** adaLN-zero, rows of shift, scale and gate: a modulated norm before, a gate behind. */
export const adaLnZero = (layers: Layers, epsilon: number): Around => ({
  input(g, x, rows, which) {
    const [shift, scale] = rows.slice(3 * which) as [GraphValue, GraphValue];
    return layers.modulated(g, x, { shift, scale }, epsilon);
  },
  output: (g, feature, rows, which) => g.mul(rows[3 * which + 2] as GraphValue, feature),
});

/** Mochi's, rows of scale and gate: RMSNorm before and behind, the gate through tanh. */
export const sandwich = (layers: Layers, epsilon: number): Around => ({
  input: (g, x, rows, which) => g.mul(layers.rmsNorm(g, x, epsilon), g.add(rows[2 * which] as GraphValue, g.scalar(1))),
  output(g, feature, rows, which) {
    const gate = rows[2 * which + 1] as GraphValue;
    return g.mul(layers.rmsNorm(g, feature, epsilon), g.node("Tanh", [gate], gate.dims));
  },
});

export interface JointStreams {
  readonly layers: Layers;
  readonly heads: number;
  readonly headWidth: number;
  /** Of the norms before sub-layers. */
  readonly epsilon: number;
  /** Default adaLN-zero. */
  readonly around?: Around;
  /** Name of the attention. Default "attn". */
  readonly attention?: string;
  readonly qkNorm?: QkNorm;
  /** Rotary tables over the tokens in the order of attention. */
  readonly rope?: string;
  /** Whose tokens come first in attention. */
  readonly order: "text-first" | "image-first";
  readonly activation: Activation;
  /** What is unusual about the feed-forward networks of both streams. */
  readonly network?: FeedForward;
  /** Of all linear layers; of the ways out of attention. Default true. */
  readonly bias?: boolean;
  readonly outBias?: boolean;
  /** A bias [B, 1, 1, S] that hides tokens. */
  readonly mask?: (g: GraphBuilder, stream: Stream) => GraphValue | undefined;
  readonly x: JointStream;
  readonly context: JointStream;
}

/** The sub-layers of block `id`: the attention, and the feed-forward networks of both streams. */
export const jointBlock = (id: string, table: JointStreams): Readonly<Record<string, SubLayer>> => {
  const { layers, heads, headWidth: width, qkNorm, rope, order, mask, x, context, bias = true } = table;
  const { attention: name = "attn", around = adaLnZero(layers, table.epsilon) } = table;
  const { outBias = bias } = table;
  const attn = `${id}.${name}`;
  const normed = (g: GraphBuilder, stream: Stream, of: "x" | "context", which: 0 | 1): GraphValue =>
    around.input(g, stream.get(of), table[of].modulation(g, stream, id), which);
  const gated = (g: GraphBuilder, stream: Stream, of: "x" | "context", which: 0 | 1, feature: GraphValue): void => {
    const back = around.output(g, feature, table[of].modulation(g, stream, id), which);
    stream.set(of, g.add(stream.get(of), back));
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
        layers.linear(g, own, `${attn}.${x.out}`, image.dims[2] as number, outBias),
        ...(context.out ? [layers.linear(g, others, `${attn}.${context.out}`, text.dims[2] as number, outBias)] : []),
      ];
    },
    merge(g, stream, [own, others]) {
      gated(g, stream, "x", 0, own as GraphValue);
      if (others) gated(g, stream, "context", 0, others);
    },
  };
  const feedForward = (which: "x" | "context"): SubLayer => ({
    input: (g, stream) => [normed(g, stream, which, 1)],
    emit(g, stream, site) {
      const network = { activation: table.activation, bias, ...table.network, ...table[which].network };
      return [layers.feedForward(g, stream.get(`${site}.input`), site, network)];
    },
    merge: (g, stream, [feature]) => gated(g, stream, which, 1, feature as GraphValue),
  });
  return {
    [name]: attention,
    ...(x.feedForward ? { [x.feedForward]: feedForward("x") } : {}),
    ...(context.feedForward ? { [context.feedForward]: feedForward("context") } : {}),
  };
};
