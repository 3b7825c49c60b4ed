// A checkpoint of any size with random weights, made in memory from a config.json alone: what it makes is noise, and it
// takes as long as a trained one, and as much memory.
import { architectureOf } from "../dist/lib/architectures/index.js";
import { segmenter } from "../dist/lib/cache/segments.js";
import { hasBlocks } from "../dist/lib/convert/to-blocks.js";
import { type Bits, scalesName } from "../dist/lib/files/bit-blocks.js";
import { decodeFloat16, encodeFloat16 } from "../dist/lib/files/float16.js";
import { storedName, type WeightStore } from "../dist/lib/graph/weights.js";
import type { Geometry } from "../dist/lib/models/model.js";
import { randn } from "../dist/lib/random.js";
import { sizeOf, type Tensor } from "../dist/lib/tensor.js";

/** The weights that a network reads, with their shapes, which of them are linear layers', and its conditions. */
export const shapesOf = async (config: object, geometry: Geometry) => {
  const shapes = new Map<string, readonly number[]>();
  const made = new Map<string, Tensor>();
  const dimsOf = (name: string): readonly number[] => {
    const dims = made.get(name)?.dims ?? shapes.get(storedName(name)) ?? [];
    return name.endsWith("^T") ? dims.toReversed() : dims;
  };
  const store: WeightStore = {
    dims: dimsOf,
    expected: (name, dims) => void shapes.set(name, dims),
    define: (name, make) => void made.set(name, make()),
    // Of a bias nobody asks but its own layer, which is told whether it has one.
    has: (name) => shapes.has(name),
    get: (name) => made.get(name) ?? { dims: dimsOf(name), data: new Float32Array(0) },
    stored: (name) => ({ type: "float32", ...(made.get(name) ?? { dims: dimsOf(name), data: new Float32Array(0) }) }),
    ...{ bitsOf: () => undefined, packed: false, parameters: 0, unread: () => [] },
  };
  const { build } = await architectureOf(config);
  const model = build(config, store, geometry);
  const all = { from: 0, to: model.parts.length, skip: [], keep: [], taps: [] };
  const read = segmenter(model)
    .segment(all)
    .graph.weights.map(({ name }) => name);
  const linear = new Set(read.filter((name) => name.endsWith("^T")).map(storedName));
  return { shapes, linear, conditions: model.conditions };
};

const pooled = 2 ** 20;
const pools = new Map<number, Uint16Array>();
/** Halves with a standard deviation of 1/√fanIn. */
const pool = (fanIn: number): Uint16Array => {
  const found = pools.get(fanIn) ?? encodeFloat16(randn(1, [pooled]).data.map((value) => value / Math.sqrt(fanIn)));
  pools.set(fanIn, found);
  return found;
};

/** `count` numbers of a pool, over and over from another place for each weight. */
const tiled = <T extends Uint16Array | Uint8Array>(from: T, into: T, start: number): T => {
  for (let at = 0; at < into.length; ) {
    const first = (start + at) % from.length;
    const part = from.subarray(first, Math.min(from.length, first + into.length - at));
    into.set(part, at);
    at += part.length;
  }
  return into;
};

const bytes = Uint8Array.from(randn(2, [pooled]).data, (value) => Math.max(0, Math.min(255, 128 + 42 * value)));

/** Weights as a file has them, in float16 or, of linear layers, in few bits. Each is made when it is first read. */
export const randomWeights = (
  { shapes, linear }: Awaited<ReturnType<typeof shapesOf>>,
  bits: Bits | undefined,
): ReadonlyMap<string, Tensor> => {
  const tensors = new Map<string, Tensor>();
  let start = 0;
  for (const [name, dims] of shapes) {
    const [count, fanIn] = [sizeOf(dims), sizeOf(dims.slice(1))];
    start += 7919;
    const from = start;
    if (bits && linear.has(name) && hasBlocks(dims) && count >= 2 ** 14) {
      const [out, into] = dims as [number, number];
      const raw = () => tiled(bytes, new Uint8Array((count * bits) / 8), from);
      tensors.set(name, { dims: [out, (into * bits) / 8], dtype: "U8", raw } as unknown as Tensor);
      const scale = (3 / Math.sqrt(into)) * 2 ** (1 - bits); // three deviations reach the end
      const scales = { dims: [out, into / 32], dtype: "F32", data: new Float32Array(count / 32).fill(scale) };
      tensors.set(scalesName(name), scales);
      continue;
    }
    const isNorm = dims.length === 1 && name.includes("norm") && name.endsWith("weight");
    const raw = (): Uint8Array => {
      const data = new Uint16Array(count);
      if (isNorm)
        data.fill(0x3c00); // 1
      else tiled(pool(dims.length > 1 ? fanIn : 2500), data, from);
      return new Uint8Array(data.buffer);
    };
    const one = {
      dims,
      dtype: "F16",
      raw,
      get data() {
        return decodeFloat16(new Uint16Array(raw().buffer));
      },
    };
    tensors.set(name, one as unknown as Tensor);
  }
  return tensors;
};
