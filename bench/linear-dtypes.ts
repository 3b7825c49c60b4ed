// One linear layer of a DiT-XL/2 block (256 tokens, 1152 → 4608) on WebAssembly, by how its weights and activations are
// held: what W8A8 would bring. Random weights; the error is of the layer's output, against float32.
//   npx tsc -p tsconfig.lib.json && node bench/linear-dtypes.ts
import * as ort from "onnxruntime-web";
import { toBlocks } from "../dist/lib/convert/to-blocks.js";
import { modelProto, type NodeFields, nodeProto, valueProto } from "../dist/lib/graph/protobuf.js";
import { randn } from "../dist/lib/random.js";

const [tokens, into, out] = [256, 1152, 4608];
const runs = 9;
ort.env.wasm.numThreads = 1;

const x = randn(1, [tokens, into]).data;
const weight = randn(2, [out, into]).data.map((value) => value / Math.sqrt(into)); // as PyTorch has it
const at = (row: number, column: number): number => weight[row * into + column] as number;

/** Per output channel in int8, [into, out] as the operator takes it. */
const perChannel = () => {
  const scales = Float32Array.from({ length: out }, (_, row) => {
    let most = 0;
    for (let column = 0; column < into; column++) most = Math.max(most, Math.abs(at(row, column)));
    return most / 127;
  });
  const numbers = Int8Array.from({ length: into * out }, (_, i) =>
    Math.round(at(i % out, Math.floor(i / out)) / (scales[i % out] as number)),
  );
  return { numbers, scales };
};

type Held = readonly [
  name: string,
  type: "float32" | "uint8" | "int8",
  data: Float32Array | Uint8Array | Int8Array,
  dims: readonly number[],
];
const blocks = toBlocks(weight, 8);
const channels = perChannel();
const ms = "com.microsoft";
const variants: Readonly<Record<string, readonly [Omit<NodeFields, "outputs">, readonly Held[]]>> = {
  "float32 (Gemm)": [
    { type: "Gemm", inputs: ["x", "w"], attributes: { transB: 1 } },
    [["w", "float32", weight, [out, into]]],
  ],
  "8-bit weights in blocks of 32 (MatMulNBits)": [
    {
      type: "MatMulNBits",
      domain: ms,
      inputs: ["x", "w", "s"],
      attributes: { K: into, N: out, bits: 8, block_size: 32 },
    },
    [
      ["w", "uint8", blocks.numbers, [out, into / 32, 32]],
      ["s", "float32", blocks.scales, [out, into / 32]],
    ],
  ],
  "W8A8 (DynamicQuantizeMatMul)": [
    { type: "DynamicQuantizeMatMul", domain: ms, inputs: ["x", "w", "s"] },
    [
      ["w", "int8", channels.numbers, [into, out]],
      ["s", "float32", channels.scales, [out]],
    ],
  ],
};

let exact: Float32Array | undefined;
for (const [name, [node, held]] of Object.entries(variants)) {
  const model = modelProto(
    {
      name,
      nodes: [nodeProto({ ...node, outputs: ["y"] })],
      initializers: [],
      inputs: [valueProto("x", [tokens, into]), ...held.map(([one, type, , dims]) => valueProto(one, dims, type))],
      outputs: [valueProto("y", [tokens, out])],
    },
    21,
  );
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  const feeds = {
    x: new ort.Tensor("float32", x, [tokens, into]),
    ...Object.fromEntries(held.map(([one, type, data, dims]) => [one, new ort.Tensor(type, data as never, dims)])),
  };
  let [least, y] = [Number.POSITIVE_INFINITY, new Float32Array()];
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage().user;
    y = (await session.run(feeds)).y?.data as Float32Array<ArrayBuffer>;
    least = Math.min(least, (process.cpuUsage().user - before) / 1e3);
  }
  exact ??= y;
  const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, one) => sum + one ** 2, 0));
  const off = norm(y.map((one, i) => one - ((exact as Float32Array)[i] as number))) / norm(exact);
  console.info(`${name}: ${least.toFixed(0)} ms of processor time, ${(100 * off).toFixed(2)} % off (RMS)`);
}
