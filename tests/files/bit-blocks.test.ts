import { expect, test } from "vitest";
import { toBlocks } from "../../src/engine/convert/to-blocks.js";
import { type Bits, blockSize, fromBlocks } from "../../src/engine/files/bit-blocks.js";
import { fileOf, readSafetensors } from "../../src/engine/files/safetensors.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { randn } from "../../src/engine/random.js";
import { engineError } from "../error.js";

const weights = Float32Array.from(randn(3, [4, 64]).data, (value, at) => value * 10 ** (Math.floor(at / 32) - 3));

test("in 8 bits every weight is off by half a step of its block at most, and the largest by nothing", () => {
  const { numbers, scales } = toBlocks(weights, 8);
  const back = fromBlocks(numbers, scales, 8);
  expect(scales).toHaveLength(weights.length / blockSize);
  for (const [block, scale] of scales.entries()) {
    const part = weights.subarray(block * blockSize, (block + 1) * blockSize);
    const most = Math.max(...part.map(Math.abs));
    expect(scale / (most / 127)).toBeCloseTo(1, 6);
    for (const [at, weight] of part.entries()) {
      const off = Math.abs(weight - (back[block * blockSize + at] as number));
      expect(off).toBeLessThanOrEqual(scale * 0.5001);
      if (Math.abs(weight) === most) expect(off).toBeLessThan(most * 1e-6);
    }
  }
});

test("in 4 bits every weight is the nearest of 16, from the largest of its block on", () => {
  const { numbers, scales } = toBlocks(weights, 4);
  const back = fromBlocks(numbers, scales, 4);
  expect(numbers).toHaveLength(weights.length / 2);
  for (const [block, scale] of scales.entries()) {
    const part = weights.subarray(block * blockSize, (block + 1) * blockSize);
    const levels = Array.from({ length: 16 }, (_, level) => (level - 8) * scale);
    const most = part.reduce((largest, weight) => (Math.abs(weight) > Math.abs(largest) ? weight : largest));
    expect(levels[0]).toBeCloseTo(most, 6);
    for (const [at, weight] of part.entries()) {
      const nearest = Math.min(...levels.map((level) => Math.abs(level - weight)));
      const off = Math.abs((back[block * blockSize + at] as number) - weight);
      expect(off).toBeLessThanOrEqual(nearest + Math.abs(scale) * 1e-4);
    }
  }
});

test.each([8, 4] as const)("in %d bits a block of zeros stays zeros", (bits) => {
  const { numbers, scales } = toBlocks(new Float32Array(blockSize), bits);
  expect(fromBlocks(numbers, scales, bits)).toEqual(new Float32Array(blockSize));
});

const stored = (dims: readonly number[], scaleDims: readonly number[], bits: Bits = 8) => {
  const { numbers, scales } = toBlocks(weights, bits);
  const bytes = (array: Uint8Array | Float32Array, count: number) => new Uint8Array(array.buffer, 0, count);
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const file = fileOf([
    { name: "a.weight", dtype: "U8", dims, bytes: bytes(numbers, size(dims)) },
    { name: "a.weight.scales", dtype: "F32", dims: scaleDims, bytes: bytes(scales, 4 * size(scaleDims)) },
  ]);
  return weightStore(readSafetensors(file));
};

test.each([8, 4] as const)("the store hands out a weight in %d bits as it is, and decoded", (bits) => {
  const store = stored([4, (64 * bits) / 8], [4, 2], bits);
  expect(store.bitsOf("a.weight")).toBe(bits);
  expect(store.parameters).toBe(256);
  expect(store.dims("a.weight")).toEqual([4, 64]);
  const { numbers, scales } = toBlocks(weights, bits);
  expect(store.stored("a.weight")).toEqual({ dims: [4, 2, (32 * bits) / 8], type: "uint8", data: numbers });
  expect(store.get("a.weight").data).toEqual(fromBlocks(numbers, scales, bits));
  expect(store.get("a.weight^T").data[4]).toBe(fromBlocks(numbers, scales, bits)[1]);
  expect(store.unread()).toEqual([]);
});

test.each([
  [
    [4, 60],
    [4, 2],
  ],
  [
    [4, 64],
    [4, 1],
  ],
  [[256], [8]],
])("a weight of the shape %j with scales %j is refused", (dims, scaleDims) => {
  const error = engineError("file-invalid", () => stored(dims, scaleDims));
  expect(error.message).toContain(`[${dims.join(", ")}] with scales [${scaleDims.join(", ")}]`);
});
