import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Handle } from "../../src/engine/backends/backend.js";
import { dmdWeights } from "../../src/engine/cache/dmd.js";
import { featureProducts } from "../../src/engine/cache/feature-products.js";
import { noise } from "../numbers.js";

const handlesOf = (tensors: readonly Float32Array[]) => {
  const data = new Map<Handle, Float32Array>();
  const read: Handle[] = [];
  const handles = tensors.map((values): Handle => {
    const handle = { dims: [values.length], bytes: values.byteLength };
    data.set(handle, values);
    return handle;
  });
  const products = featureProducts(async (handle) => {
    read.push(handle);
    return data.get(handle) as Float32Array;
  });
  return { handles, products, read };
};
const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);

describe("products of features", () => {
  test("are sums over all tensors of each, every tensor read once however often it is asked for", async () => {
    const [a, b, c, d] = [noise(1, 9), noise(2, 4), noise(3, 9), noise(4, 4)] as const;
    const { handles, products, read } = handlesOf([a, b, c, d]);
    const [x, y, z, w] = handles as [Handle, Handle, Handle, Handle];
    const expected = [
      [dot(a, a) + dot(b, b), dot(a, c) + dot(b, d)],
      [dot(a, c) + dot(b, d), dot(c, c) + dot(d, d)],
    ];
    expect(
      await products([
        [x, y],
        [z, w],
      ]),
    ).toEqual(expected); // prettier-ignore
    expect(
      await products([
        [z, w],
        [x, y],
      ]),
    ).toEqual(expected.map((row) => row.toReversed()).toReversed()); // prettier-ignore
    expect(read).toHaveLength(4);
    expect(new Set(read)).toEqual(new Set(handles));
    expect(await products([])).toEqual([]);
  });
});

/** Σ (a − b)² as the shader `measureWgsl` sums it, rounded to float32 after every operation. */
const squareOf = (a: Float32Array, b?: Float32Array): number => {
  const groups = Math.ceil(a.length / 256);
  const folded = (sums: Float32Array): number => {
    for (let width = 128; width > 0; width >>= 1)
      for (let at = 0; at < width; at++) sums[at] = (sums[at] as number) + (sums[at + width] as number);
    return sums[0] as number;
  };
  const partials = new Float32Array(256);
  for (let group = 0; group < groups; group++) {
    const differences = a.subarray(256 * group, 256 * (group + 1)).map((one, at) => one - (b?.[256 * group + at] ?? 0));
    const sums = new Float32Array(256);
    sums.set(differences.map((one) => one * one));
    partials[group] = folded(sums);
  }
  return Math.fround(folded(partials) / a.length) * a.length; // the shader divides by the count
};

describe("why they are summed in float64", () => {
  // Of cache-dit's fixture: products of the predictions of a run.
  test.each([["flux-shapes-nano", 1, 19, 1e-3]])(
    "lengths and distances in float32 would count rounding as a mode: %s",
    async (name, every, last, least) => {
      const { histories } = JSON.parse(readFileSync("tests/fixtures/dmd.json", "utf8"));
      const computed = [0, 1, 2, 3, 4, 5].map((age) => last - every * age);
      // Each number of a feature along a direction of its own of 6,000 elements.
      const features = computed.map((step) => {
        const row = histories[name][step] as readonly number[];
        const directions = row.map((_, axis) => noise(axis + 1, 6000));
        return new Float32Array(6000).map((_, at) =>
          row.reduce((sum, value, axis) => sum + value * (directions[axis]?.[at] as number), 0),
        );
      });
      const { handles, products } = handlesOf(features);
      const exact = await products(handles.map((handle) => [handle]));
      const rounded = features.map((one) =>
        features.map((other) => (squareOf(one) + squareOf(other) - squareOf(one, other)) / 2),
      );
      const [right, wrong] = [exact, rounded].map((table) => {
        const weights = dmdWeights(table, computed, last + 1) as readonly number[];
        return new Float32Array(6000).map((_, at) =>
          weights.reduce((sum, weight, age) => sum + weight * (features[age]?.[at] as number), 0),
        );
      }) as [Float32Array, Float32Array];
      const off = right.map((value, at) => value - (wrong[at] as number));
      expect(Math.sqrt(dot(off, off) / dot(right, right))).toBeGreaterThan(least);
    },
  );
});
