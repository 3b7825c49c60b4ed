import { type Bits, blockSize, scalesName } from "../files/bit-blocks.js";
import type { GraphValue } from "./builder.js";
import type { NodeFields } from "./protobuf.js";

/** How a graph holds its weights; see `Graph.serialize`. */
export type WeightKind = "initializers" | "inputs" | "stored";

/** PyTorch's nn.Linear, whose operators depend on how the weights are held. */
export interface LinearNode {
  readonly x: GraphValue;
  /** Of the weight [out, in] and of the bias [out]. */
  readonly weight: string;
  readonly bias?: string;
  readonly result: GraphValue;
}

export type BuilderNode = NodeFields | { readonly linear: LinearNode };

/** The nodes that `values` come from, and the names that these read: of a sub-layer that is skipped, its norm goes too. */
export const leadingTo = (values: readonly string[], nodes: readonly BuilderNode[]) => {
  const names = new Set(values);
  const needed = nodes
    .toReversed()
    .filter((one) => {
      const [written, reads] =
        "linear" in one
          ? [
              one.linear.result.name,
              [one.linear.x.name, one.linear.weight, ...(one.linear.bias ? [one.linear.bias] : [])],
            ]
          : [one.outputs[0] as string, one.inputs];
      if (!names.has(written)) return false;
      for (const name of reads) names.add(name);
      return true;
    })
    .toReversed();
  return { needed, names };
};

/** Under what name the float32 form of a half is known in a graph. */
export const widened = (name: string): string => `${name} float32`;

/** The operators of a linear layer whose weight is kept in few bits, or, with "int8", whose activations are so too. */
export const packedNodes = (
  { x, weight, bias, result: { name, dims } }: LinearNode,
  read: (name: string) => string,
  bits: Bits = 8,
  type?: string,
): readonly NodeFields[] => {
  if (type === "int8") {
    const reads = [x.name, weight, scalesName(weight), ...(bias === undefined ? [] : ["", read(bias)])];
    return [{ type: "DynamicQuantizeMatMul", domain: "com.microsoft", inputs: reads, outputs: [name] }];
  }
  const product = bias === undefined ? name : `${name} product`;
  const matmul = {
    type: "MatMulNBits",
    domain: "com.microsoft",
    inputs: [x.name, weight, scalesName(weight)],
    outputs: [product],
    attributes: { K: x.dims.at(-1) as number, N: dims.at(-1) as number, bits, block_size: blockSize },
  };
  return bias === undefined ? [matmul] : [matmul, { type: "Add", inputs: [product, read(bias)], outputs: [name] }];
};

/**
 * The operators of a linear layer. A transposed copy of the weight suits MatMul; a weight as it is stored takes Gemm, which
 * wants matrices.
 *
 * @param stored whether the weight comes in as it is stored
 * @param read the value under which a weight is read
 * @param integers a constant list of whole numbers
 */
export const linearNodes = (
  { x, weight, bias, result }: LinearNode,
  stored: boolean,
  read: (name: string) => string,
  integers: (values: readonly number[]) => GraphValue,
): readonly NodeFields[] => {
  const { name } = result;
  if (!stored) {
    const product = bias === undefined ? name : `${name} product`;
    const matmul = { type: "MatMul", inputs: [x.name, `${weight}^T`], outputs: [product] };
    return bias === undefined ? [matmul] : [matmul, { type: "Add", inputs: [product, read(bias)], outputs: [name] }];
  }
  const into = x.dims.at(-1) as number;
  const out = result.dims.at(-1) as number;
  const rows = x.dims.reduce((product, dim) => product * dim, 1) / into;
  const flat = x.dims.length === 2;
  const reads = [flat ? x.name : `${name} rows`, read(weight), ...(bias === undefined ? [] : [read(bias)])];
  const gemm = { type: "Gemm", inputs: reads, outputs: [flat ? name : `${name} product`], attributes: { transB: 1 } };
  if (flat) return [gemm];
  const reshape = (from: string, dims: readonly number[], to: string): NodeFields => ({
    type: "Reshape",
    inputs: [from, integers(dims).name],
    outputs: [to],
  });
  return [
    reshape(x.name, [rows, into], `${name} rows`),
    gemm,
    reshape(`${name} product`, [...x.dims.slice(0, -1), out], name),
  ];
};
