import type { GraphBuilder, GraphValue } from "../../graph/builder.js";
import { expectShape, type WeightStore } from "../../graph/weights.js";

/** What lies between the two linear layers of a feed-forward network, by diffusers' `activation_fn`. */
export const activations = ["gelu-approximate", "gelu", "geglu", "geglu-approximate", "swiglu", "linear-silu"] as const;
/** "silu-gate" is SwiGLU with the gate in the first half, as FLUX.2 has it without a field for it. */
export type Activation = (typeof activations)[number] | "silu-gate";

/** A feed-forward network: its hidden width (default four times its own) and the names of its two linear layers. */
export interface FeedForward {
  readonly inner?: number;
  readonly activation?: Activation;
  readonly bias?: boolean;
  readonly names?: readonly [into: string, out: string];
}

/** How queries and keys are normalised: each head, or all heads together. */
export interface QkNorm {
  readonly kind: "rms-head" | "rms-all" | "layer-head";
  readonly epsilon: number;
}

/** Rotary tables that a run gives: cosines and sines [B, N, heads or 1, width]. */
export interface Rotation {
  readonly cos: GraphValue;
  readonly sin: GraphValue;
}

export type Layers = ReturnType<typeof layersOf>;

const last = ({ dims }: GraphValue): number => dims.at(-1) as number;

/**
 * The layers that networks share, each under the name that diffusers saves it with. Every weight is checked against the
 * shape that its layer asks for when it is first read.
 *
 * @throws EngineError "weight-missing", "weight-shape"; from every layer
 */
export const layersOf = (weights: WeightStore) => {
  const layers = {
    weight(g: GraphBuilder, name: string, dims: readonly number[]): GraphValue {
      expectShape(weights, name, dims);
      return g.weight(name);
    },
    linear(g: GraphBuilder, x: GraphValue, name: string, out: number, bias = true): GraphValue {
      expectShape(weights, `${name}.weight`, [out, last(x)]);
      if (bias) expectShape(weights, `${name}.bias`, [out]);
      return g.linear(x, name, bias);
    },
    /** linear_1, an activation, linear_2. */
    embedder(
      g: GraphBuilder,
      x: GraphValue,
      name: string,
      out: number,
      act: "silu" | "gelu" = "silu",
      bias = true,
    ): GraphValue {
      const hidden = layers.linear(g, x, `${name}.linear_1`, out, bias);
      return layers.linear(g, act === "silu" ? g.silu(hidden) : g.gelu(hidden, "tanh"), `${name}.linear_2`, out, bias);
    },
    /** `count` rows [D] of a tensor of count · D numbers; of `clips` such tensors [B, 1, D]. */
    rows(g: GraphBuilder, table: GraphValue, count: number, clips = 1): readonly GraphValue[] {
      const width = table.dims.reduce((product, dim) => product * dim, 1) / count / clips;
      const [flat, dims] =
        clips === 1
          ? [[count, width], [width]]
          : [
              [clips, count, width],
              [clips, 1, width],
            ];
      const all = g.reshape(table, flat);
      return Array.from({ length: count }, (_, row) => g.reshape(g.slice(all, flat.length - 2, row, row + 1), dims));
    },
    /** The rows of a modulation, computed once per graph: x [1, D], or [B, D] for each clip, through a linear layer. */
    modulation: (g: GraphBuilder, x: GraphValue, name: string, count: number, width: number, bias = true) =>
      g.once(`modulation ${name}`, () =>
        layers.rows(g, layers.linear(g, x, name, count * width, bias), count, x.dims[0] as number),
      ),
    /** LayerNorm(x) · (1 + scale) + shift, over the norm's own scale and bias where it has them under `affine`. */
    modulated(
      g: GraphBuilder,
      x: GraphValue,
      { shift, scale }: { readonly shift: GraphValue; readonly scale: GraphValue },
      epsilon: number,
      affine?: string,
    ): GraphValue {
      const more = g.add(scale, g.scalar(1));
      if (more.dims.length > 1) return g.add(g.mul(layers.layerNorm(g, x, epsilon, affine), more), shift);
      if (affine === undefined) return g.layerNorm(x, more, shift, epsilon);
      const [own, bias] = layers.affine(g, affine, last(x));
      return g.layerNorm(x, g.mul(own, more), g.add(g.mul(bias, more), shift), epsilon);
    },
    /** LayerNorm over scale and shift, in this order, of temb through a linear layer (AdaLayerNormContinuous of diffusers). */
    continuous(g: GraphBuilder, x: GraphValue, temb: GraphValue, name: string, epsilon: number): GraphValue {
      const [scale, shift] = layers.modulation(g, temb, name, 2, last(x)) as [GraphValue, GraphValue];
      return layers.modulated(g, x, { shift, scale }, epsilon);
    },
    affine: (g: GraphBuilder, name: string, width: number): readonly [scale: GraphValue, bias: GraphValue] => [
      layers.weight(g, `${name}.weight`, [width]),
      layers.weight(g, `${name}.bias`, [width]),
    ],
    layerNorm(g: GraphBuilder, x: GraphValue, epsilon: number, affine?: string): GraphValue {
      const [scale, bias] = affine === undefined ? plain(g, last(x)) : layers.affine(g, affine, last(x));
      return g.layerNorm(x, scale, bias, epsilon);
    },
    /** RMSNorm over the last axis, with its weight under `name` if it has one. */
    rmsNorm: (g: GraphBuilder, x: GraphValue, epsilon: number, name?: string): GraphValue =>
      g.rmsNorm(x, name === undefined ? ones(g, last(x)) : layers.weight(g, `${name}.weight`, [last(x)]), epsilon),
    /** A projection in heads, [B, N, heads, width], normalised where `norm` says under what name. */
    heads(
      g: GraphBuilder,
      x: GraphValue,
      { name, heads, width, bias = true }: { name: string; heads: number; width: number; bias?: boolean | undefined },
      norm?: QkNorm & { readonly name: string },
    ): GraphValue {
      return layers.inHeads(g, layers.linear(g, x, name, heads * width, bias), { heads, width }, norm);
    },
    /** What was projected [B, N, heads · width] as [B, N, heads, width], normalised where `norm` says under what name. */
    inHeads(
      g: GraphBuilder,
      projected: GraphValue,
      { heads, width }: { readonly heads: number; readonly width: number },
      norm?: QkNorm & { readonly name: string },
    ): GraphValue {
      const flat = norm?.kind === "rms-all" ? layers.rmsNorm(g, projected, norm.epsilon, norm.name) : projected;
      const split = g.reshape(flat, [...flat.dims.slice(0, -1), heads, width]);
      if (norm?.kind === "rms-head") return layers.rmsNorm(g, split, norm.epsilon, norm.name);
      return norm?.kind === "layer-head" ? layers.layerNorm(g, split, norm.epsilon, norm.name) : split;
    },
    /** Attention of queries, keys and values in heads [B, N, heads, width]: [B, N, heads · width]. */
    attend(g: GraphBuilder, q: GraphValue, k: GraphValue, v: GraphValue, bias?: GraphValue): GraphValue {
      const flat = (x: GraphValue): GraphValue =>
        g.reshape(x, [...x.dims.slice(0, 2), (x.dims[2] as number) * last(x)]);
      const attended = bias && g.expand(bias, [bias.dims[0] as number, 1, q.dims[1] as number, k.dims[1] as number]);
      return g.attention(flat(q), flat(k), flat(v), q.dims[2] as number, attended);
    },
    /** Turns heads [B, N, heads, width] by rotary tables, or by those that are defined as `cos ${table}` and `sin ${table}`. */
    turned(g: GraphBuilder, x: GraphValue, table: string | Rotation | undefined): GraphValue {
      if (table === undefined) return x;
      const across = g.matmul(x, g.weight(`turn ${last(x)}`));
      const { cos, sin } =
        typeof table === "string" ? { cos: g.weight(`cos ${table}`), sin: g.weight(`sin ${table}`) } : table;
      return g.add(g.mul(x, cos), g.mul(across, sin));
    },
    feedForward(g: GraphBuilder, x: GraphValue, name: string, network: FeedForward = {}): GraphValue {
      const { inner = 4 * last(x), activation = "gelu-approximate", bias = true } = network;
      const [into, out] = network.names ?? ["net.0.proj", "net.2"];
      const gated = activation === "geglu" || activation === "swiglu" || activation === "silu-gate";
      const hidden = layers.linear(g, x, `${name}.${into}`, gated ? 2 * inner : inner, bias);
      return layers.linear(g, activate(g, hidden, activation, inner), `${name}.${out}`, last(x), bias);
    },
    /**
     * Patches of a video [B, C, F, H, W] as tokens [B, S, D], by a convolution whose stride is its kernel. `saved`
     * says as what diffusers keeps the weight: a convolution of two or three dimensions, or a linear layer over a patch.
     */
    patches(
      g: GraphBuilder,
      x: GraphValue,
      name: string,
      D: number,
      [t, h, w]: readonly [number, number, number],
      { bias = true, saved = "2d" }: { readonly bias?: boolean; readonly saved?: "2d" | "3d" | "linear" } = {},
    ): GraphValue {
      const [B, C, F, H, W] = x.dims as [number, number, number, number, number];
      const groups = g.transpose(g.reshape(x, [B, C, F / t, t * H * W]), [0, 2, 1, 3]);
      const frames = g.reshape(groups, [(B * F) / t, C * t, H, W]);
      const dims = { "2d": [D, C, h, w], "3d": [D, C, t, h, w], linear: [D, C * t * h * w] }[saved];
      const stored = layers.weight(g, `${name}.weight`, dims);
      const kernel = saved === "2d" ? stored : g.reshape(stored, [D, C * t, h, w]);
      const reads = bias ? [frames, kernel, layers.weight(g, `${name}.bias`, [D])] : [frames, kernel];
      const [rows, columns] = [H / h, W / w];
      const out = g.node("Conv", reads, [(B * F) / t, D, rows, columns], { kernel_shape: [h, w], strides: [h, w] });
      const tokens = g.transpose(g.reshape(out, [(B * F) / t, D, rows * columns]), [0, 2, 1]);
      return g.reshape(tokens, [B, (F / t) * rows * columns, D]);
    },
    /** The inverse for what a network predicts: tokens [B, S, t·h·w·C] as a video; within a token, channels last or first. */
    unpatched(
      g: GraphBuilder,
      x: GraphValue,
      [B, C, F, H, W]: readonly number[],
      [t, h, w]: readonly [number, number, number],
      channels: "last" | "first" = "last",
    ): GraphValue {
      const [b, c, f, height, width] = [B, C, F, H, W] as [number, number, number, number, number];
      const grid = [(b * f) / t, height / h, width / w];
      const [shape, order] =
        channels === "last"
          ? [
              [t, h, w, c],
              [0, 3, 1, 4, 2, 5, 6],
            ]
          : [
              [c, t, h, w],
              [0, 4, 1, 5, 2, 6, 3],
            ];
      const pixels = g.transpose(g.reshape(x, [...grid, ...shape]), order); // [B·F/t, t, rows, h, columns, w, C]
      return g.reshape(g.transpose(g.reshape(pixels, [b, f, height * width, c]), [0, 3, 1, 2]), [
        b,
        c,
        f,
        height,
        width,
      ]);
    },
  };
  const ones = (g: GraphBuilder, width: number): GraphValue =>
    g.constant(`ones ${width}`, { dims: [width], data: new Float32Array(width).fill(1) });
  const plain = (g: GraphBuilder, width: number): readonly [GraphValue, GraphValue] => [
    ones(g, width),
    g.constant(`zeros ${width}`, { dims: [width], data: new Float32Array(width) }),
  ];
  return layers;
};

/** The activation between the two linear layers of a feed-forward network, to `inner` numbers. */
export const activate = (g: GraphBuilder, x: GraphValue, activation: Activation, inner: number): GraphValue => {
  const axis = x.dims.length - 1;
  const half = (index: number): GraphValue => g.slice(x, axis, index * inner, (index + 1) * inner);
  switch (activation) {
    case "gelu-approximate":
      return g.gelu(x, "tanh");
    case "gelu":
      return g.gelu(x, "none");
    case "geglu":
      return g.mul(half(0), g.gelu(half(1), "none"));
    case "swiglu":
      return g.mul(half(0), g.silu(half(1)));
    case "silu-gate":
      return g.mul(g.silu(half(0)), half(1));
    case "geglu-approximate":
      return g.mul(x, g.node("Sigmoid", [g.mul(x, g.scalar(1.702))], x.dims));
    case "linear-silu":
      return g.silu(x);
  }
};
