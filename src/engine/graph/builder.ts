import { EngineError, shown } from "../errors.js";
import { scalesName } from "../files/bit-blocks.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { type BuilderNode, leadingTo, linearNodes, packedNodes, type WeightKind, widened } from "./lowering.js";
import { type Attribute, modelProto, nodeProto, tensorProto, valueProto } from "./protobuf.js";
import { storedName, type WeightStore } from "./weights.js";

/** A float32 tensor of a graph with its static shape. */
export interface GraphValue {
  readonly name: string;
  readonly dims: readonly number[];
}

/** What one ONNX graph needs and gives, and its bytes. Same `key`, same graph. */
export interface Graph {
  readonly key: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Names of the weights it reads, as the weight store knows them. */
  readonly weights: readonly GraphValue[];
  readonly store: WeightStore;
  /** Names of the weights that come in where it is written so; the others lie in the graph. */
  entering(weights: WeightKind): readonly string[];
  /** Nodes written; 0 for a graph that only hands values through. */
  readonly nodes: number;
  /**
   * The ONNX ModelProto.
   * "initializers": weights are inside. "inputs": they are further graph inputs of the same names, float32, linear ones
   * transposed, but those in 8 bits as they are (WebGPU). "stored": all but small ones are inputs as the store keeps them
   * (WASM). See `entering`.
   */
  serialize(weights: WeightKind): Uint8Array;
}

const opset = 21;

/** In place of an optional input that is left out. */
const absent: GraphValue = { name: "", dims: [] };

/** Shape of an element-wise operation on `a` and `b` under NumPy's broadcasting. */
const broadcast = (a: readonly number[], b: readonly number[]): number[] => {
  const rank = Math.max(a.length, b.length);
  const at = (dims: readonly number[], axis: number): number => dims[axis - (rank - dims.length)] ?? 1;
  return Array.from({ length: rank }, (_, axis) => Math.max(at(a, axis), at(b, axis)));
};

/**
 * Gives `value` the name of an output. On WebGPU by an operation that computes, not by Identity or Reshape: those copy
 * buffers, and a captured graph replays dispatches alone, so that the copy would never happen again.
 */
const naming = (value: string, output: string, weights: WeightKind) =>
  weights !== "inputs"
    ? nodeProto({ type: "Identity", inputs: [value], outputs: [output] })
    : nodeProto({ type: "LeakyRelu", inputs: [value], outputs: [output], attributes: { alpha: { float: 1 } } });

export type GraphBuilder = ReturnType<typeof graphBuilder>;

/**
 * Writes one ONNX graph node by node. Every method returns the value that the node writes, with its static shape;
 * shapes are trusted (an architecture file is written by us), the checkpoint's weights are not (see `expectShape`).
 */
export const graphBuilder = (store: WeightStore) => {
  const inputs = new Map<string, GraphValue>();
  const outputs = new Map<string, GraphValue>();
  const weights = new Map<string, GraphValue>();
  const constants = new Map<string, ReturnType<typeof tensorProto>>();
  const shared = new Map<string, unknown>();
  const nodes: BuilderNode[] = [];
  const leaving: (readonly [value: string, output: string])[] = [];
  let count = 0;

  const node = (
    type: string,
    reads: readonly GraphValue[],
    dims: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): GraphValue => {
    const value = { name: `${type}_${count++}`, dims };
    nodes.push({ type, domain, inputs: reads.map(({ name }) => name), outputs: [value.name], attributes });
    return value;
  };
  const integers = (values: readonly number[]): GraphValue => {
    const name = `int64[${values.join(",")}]`;
    constants.set(name, tensorProto(name, [values.length], BigInt64Array.from(values, BigInt)));
    return { name, dims: [values.length] };
  };

  const builder = {
    node,
    /** Whole numbers that an operation asks for as an input: axes, shapes. */
    integers,
    input(name: string, dims: readonly number[]): GraphValue {
      const value = inputs.get(name) ?? { name, dims };
      inputs.set(name, value);
      return value;
    },
    /**
     * Makes `value` an output and returns its name: `name`, primed where an input has that name already.
     * Named by a node of its own, since one value may leave under two names and ONNX wants each name written once.
     */
    output(name: string, value: GraphValue): string {
      const free = inputs.has(name) ? `${name}'` : name;
      leaving.push([value.name, free]);
      outputs.set(free, { name: free, dims: value.dims });
      return free;
    },
    isInput: (value: GraphValue): boolean => inputs.get(value.name) === value,
    weight(name: string): GraphValue {
      const bits = store.bitsOf(name);
      if (bits) throw notLinear(name, bits);
      const value = weights.get(name) ?? { name, dims: store.dims(name) };
      weights.set(name, value);
      return value;
    },
    scalar(value: number): GraphValue {
      const name = `float[${value}]`;
      constants.set(name, tensorProto(name, [], Float32Array.of(value)));
      return { name, dims: [] };
    },
    constant(name: string, { dims, data }: Tensor): GraphValue {
      constants.set(name, tensorProto(name, dims, data));
      return { name, dims };
    },
    /** Builds a value once per graph, however many parts ask for it. */
    once<T>(key: string, build: () => T): T {
      if (!shared.has(key)) shared.set(key, build());
      return shared.get(key) as T;
    },
    add: (a: GraphValue, b: GraphValue): GraphValue => node("Add", [a, b], broadcast(a.dims, b.dims)),
    sub: (a: GraphValue, b: GraphValue): GraphValue => node("Sub", [a, b], broadcast(a.dims, b.dims)),
    mul: (a: GraphValue, b: GraphValue): GraphValue => node("Mul", [a, b], broadcast(a.dims, b.dims)),
    matmul: (a: GraphValue, b: GraphValue): GraphValue =>
      node("MatMul", [a, b], [...a.dims.slice(0, -1), b.dims.at(-1) as number]),
    /** PyTorch's nn.Linear saved under `prefix`, with its bias if it has one, or as `bias` says. */
    linear(x: GraphValue, prefix: string, bias = store.has(`${prefix}.bias`)): GraphValue {
      const [, out] = builder.weight(`${prefix}.weight^T`).dims as [number, number];
      const result = { name: `Linear_${count++}`, dims: [...x.dims.slice(0, -1), out] };
      const own = bias ? { bias: builder.weight(`${prefix}.bias`).name } : {};
      nodes.push({ linear: { x, weight: `${prefix}.weight`, ...own, result } });
      return result;
    },
    /** Over the last axis; scale and bias [D] may be computed at run time, so adaLN is one node. */
    layerNorm: (x: GraphValue, scale: GraphValue, bias: GraphValue, epsilon: number): GraphValue =>
      node("LayerNormalization", [x, scale, bias], x.dims, { axis: -1, epsilon: { float: epsilon } }),
    /** x / √mean(x²) · scale over the last axis. */
    rmsNorm: (x: GraphValue, scale: GraphValue, epsilon: number): GraphValue =>
      node("SimplifiedLayerNormalization", [x, scale], x.dims, { axis: -1, epsilon: { float: epsilon } }),
    /** Multi-head attention over q [B, N, D], k and v [B, M, D]. Scale 1/√(D/heads). `bias` [B, 1, N, M] is added to the scores. */
    attention: (q: GraphValue, k: GraphValue, v: GraphValue, heads: number, bias?: GraphValue): GraphValue =>
      node(
        "MultiHeadAttention",
        bias ? [q, k, v, absent, absent, bias] : [q, k, v],
        [...q.dims.slice(0, -1), v.dims.at(-1) as number],
        { num_heads: heads },
        "com.microsoft",
      ),
    gelu: (x: GraphValue, approximate: "tanh" | "none"): GraphValue => node("Gelu", [x], x.dims, { approximate }),
    silu: (x: GraphValue): GraphValue => builder.mul(x, node("Sigmoid", [x], x.dims)),
    reshape: (x: GraphValue, dims: readonly number[]): GraphValue => node("Reshape", [x, integers(dims)], dims),
    expand: (x: GraphValue, dims: readonly number[]): GraphValue => node("Expand", [x, integers(dims)], dims),
    transpose: (x: GraphValue, perm: readonly number[]): GraphValue =>
      node(
        "Transpose",
        [x],
        perm.map((axis) => x.dims[axis] as number),
        { perm },
      ),
    slice(x: GraphValue, axis: number, start: number, end: number): GraphValue {
      const dims = x.dims.map((dim, index) => (index === axis ? end - start : dim));
      return node("Slice", [x, integers([start]), integers([end]), integers([axis])], dims);
    },
    concat: (values: readonly GraphValue[], axis: number): GraphValue => {
      const [first] = values as [GraphValue];
      const total = values.reduce((sum, { dims }) => sum + (dims[axis] as number), 0);
      return node(
        "Concat",
        values,
        first.dims.map((dim, index) => (index === axis ? total : dim)),
        { axis },
      );
    },
    finish(key: string): Graph {
      const { needed, names } = leadingTo(
        leaving.map(([value]) => value),
        nodes,
      );
      for (const name of constants.keys()) if (!names.has(name)) constants.delete(name);
      const isRead = ({ name }: GraphValue): boolean => names.has(storedName(name));
      const read = [...weights.values()].filter(isRead);
      const entered = [...inputs.values()].filter(isRead);
      return {
        key,
        inputs: entered,
        outputs: [...outputs.values()],
        weights: read,
        store,
        entering: (kind) => entering(store, read, kind),
        nodes: needed.length + leaving.length,
        serialize(kind) {
          const coming = new Set(entering(store, read, kind));
          const stored = new Map(kind === "stored" ? [...coming].map((name) => [name, store.stored(name)]) : []);
          const inside = read.filter(({ name, dims }) => kind !== "inputs" && !isComing(store, name, dims, kind));
          const isHalf = (name: string): boolean => stored.get(name)?.type === "float16";
          const reading = (name: string): string => (isHalf(name) ? widened(name) : name);
          const widening = [...stored.keys()].filter(isHalf).map((name) => ({
            type: "Cast",
            inputs: [name],
            outputs: [widened(name)],
            attributes: { to: 1 },
          }));
          const lowered = needed.flatMap((one) =>
            "linear" in one
              ? coming.has(scalesName(one.linear.weight))
                ? packedNodes(one.linear, reading, store.bitsOf(one.linear.weight), stored.get(one.linear.weight)?.type)
                : linearNodes(one.linear, stored.has(one.linear.weight), reading, integers)
              : [{ ...one, inputs: one.inputs.map(reading) }],
          );
          const asTensor = ({ name }: GraphValue) => {
            const { dims, data }: Tensor = store.get(name);
            return tensorProto(name, dims, data);
          };
          const given = [...coming].map((name) => {
            if (kind === "stored" || store.bitsOf(name)) {
              const { dims, type } = store.stored(name);
              return valueProto(name, dims, type);
            }
            return valueProto(name, store.dims(name));
          });
          return modelProto(
            {
              name: "segment",
              nodes: [
                ...[...widening, ...lowered].map(nodeProto),
                ...leaving.map(([value, output]) => naming(value, output, kind)),
              ],
              initializers: [...constants.values(), ...inside.map(asTensor)],
              inputs: [...entered.map(({ name, dims }) => valueProto(name, dims)), ...given],
              outputs: [...outputs.values()].map(({ name, dims }) => valueProto(name, dims)),
            },
            opset,
          );
        },
      };
    },
  };
  return builder;
};

/** Weights that a graph carries itself even where others come in: each input costs a call, and these hardly any memory. */
const isSmall = (dims: readonly number[]): boolean => sizeOf(dims) < 2 ** 14;

const isComing = (store: WeightStore, name: string, dims: readonly number[], kind: WeightKind): boolean => {
  if (kind === "inputs") return true;
  return kind === "stored" && (!isSmall(dims) || store.bitsOf(storedName(name)) !== undefined);
};

/** Under what names the weights `read` come in. */
const entering = (store: WeightStore, read: readonly GraphValue[], kind: WeightKind): readonly string[] => [
  ...new Set(
    read
      .filter(({ name, dims }) => isComing(store, name, dims, kind))
      .flatMap(({ name }) => {
        const stored = storedName(name);
        if (store.bitsOf(stored)) return [stored, scalesName(stored)];
        return [kind === "stored" ? stored : name];
      }),
  ),
];

const notLinear = (name: string, bits: number): EngineError =>
  new EngineError("file-invalid", `The weight ${shown(name, 120)} is in ${bits} bits; only linear layers may be.`, {
    hint: `Convert the model again: npx diffusion-cache convert DIR --out DIR --dtype q${bits}.`,
  });

/** Bytes of a float32 value. */
export const bytesOf = ({ dims }: GraphValue): number => 4 * sizeOf(dims);
