import { toBlocks } from "../src/engine/convert/to-blocks.js";
import { type Bits, scalesName } from "../src/engine/files/bit-blocks.js";
import { fileOf, readSafetensors } from "../src/engine/files/safetensors.js";
import { graphBuilder } from "../src/engine/graph/builder.js";
import { weightStore } from "../src/engine/graph/weights.js";
import { randn } from "../src/engine/random.js";

const [into, out] = [64, 96];

/** One linear layer whose weight is in so few bits, with a bias. */
export const packedStore = (bits: Bits) => {
  const { numbers, scales } = toBlocks(randn(1, [out, into]).data, bits);
  const name = "layer.weight";
  const bias = randn(2, [out]).data;
  const file = fileOf([
    { name, dtype: "U8", dims: [out, (into * bits) / 8], bytes: numbers },
    { name: scalesName(name), dtype: "F32", dims: [out, into / 32], bytes: new Uint8Array(scales.buffer) },
    { name: "layer.bias", dtype: "F32", dims: [out], bytes: new Uint8Array(bias.buffer) },
  ]);
  return weightStore(readSafetensors(file));
};

/** y with the bias and z without, of rows x [2, 5, 64], and what float64 arithmetic gives for the weights that are meant. */
export const packedGraph = (bits: Bits) => {
  const store = packedStore(bits);
  const rows = { dims: [2, 5, into], data: randn(3, [2, 5, into]).data };
  const g = graphBuilder(store);
  const x = g.input("x", rows.dims);
  g.output("y", g.linear(x, "layer"));
  g.output("z", g.linear(x, "layer", false));
  const [weight, bias] = [store.get("layer.weight").data, store.get("layer.bias").data];
  const product = (row: number, column: number): number => {
    let sum = 0;
    for (let at = 0; at < into; at++)
      sum += (rows.data[row * into + at] as number) * (weight[column * into + at] as number);
    return sum;
  };
  const z = Float32Array.from({ length: 10 * out }, (_, at) => product(Math.floor(at / out), at % out));
  const y = z.map((value, at) => value + (bias[at % out] as number));
  return { graph: g.finish(`${bits} bits`), rows, expected: { y, z } };
};
