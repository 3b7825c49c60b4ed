import { expect, test } from "vitest";
import { blockSize, fromEightBit, toEightBit } from "../../src/engine/files/eight-bit.js";
import { fileOf, readSafetensors } from "../../src/engine/files/safetensors.js";
import { weightStore } from "../../src/engine/graph/weights.js";
import { randn } from "../../src/engine/random.js";
import { engineError } from "../error.js";

const weights = Float32Array.from(randn(3, [4, 64]).data, (value, at) => value * 10 ** (Math.floor(at / 32) - 3));

test("every weight is off by half a step of its block at most, and the largest by nothing", () => {
  const { numbers, scales } = toEightBit(weights);
  const back = fromEightBit(numbers, scales);
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

test("a block of zeros stays zeros", () => {
  const { numbers, scales } = toEightBit(new Float32Array(blockSize));
  expect([...numbers]).toEqual(Array(blockSize).fill(128));
  expect(fromEightBit(numbers, scales)).toEqual(new Float32Array(blockSize));
});

const stored = (dims: readonly number[], scaleDims: readonly number[]) => {
  const { numbers, scales } = toEightBit(weights);
  const bytes = (array: Uint8Array | Float32Array, count: number) => new Uint8Array(array.buffer, 0, count);
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const file = fileOf([
    { name: "a.weight", dtype: "U8", dims, bytes: bytes(numbers, size(dims)) },
    { name: "a.weight.scales", dtype: "F32", dims: scaleDims, bytes: bytes(scales, 4 * size(scaleDims)) },
  ]);
  return weightStore(readSafetensors(file));
};

test("the store hands out such a weight as it is, and decoded", () => {
  const store = stored([4, 64], [4, 2]);
  expect(store.inEightBits("a.weight")).toBe(true);
  expect(store.parameters).toBe(256);
  const { numbers, scales } = toEightBit(weights);
  expect(store.stored("a.weight")).toEqual({ dims: [4, 2, 32], type: "uint8", data: numbers });
  expect(store.get("a.weight").data).toEqual(fromEightBit(numbers, scales));
  expect(store.get("a.weight^T").data[4]).toBe(fromEightBit(numbers, scales)[1]);
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
