import { describe, expect, it } from "vitest";
import { combineCpu, measureCpu, splitCpu } from "../../src/engine/kernels/cpu.js";
import { largestDifference, noise } from "../numbers.js";
import { lowPassByDefinition } from "./low-pass.js";

describe("combineCpu", () => {
  it("weighs one term", () => {
    expect([...combineCpu([{ data: Float32Array.of(1, -2, 3), weight: -2 }])]).toEqual([-2, 4, -6]);
  });
  it("sums five terms", () => {
    const terms = [1, 2, 3, 4, 5].map((weight) => ({ data: Float32Array.of(1, 10), weight }));
    expect([...combineCpu(terms)]).toEqual([15, 150]);
  });
  it.each([1, 4, 7, 64])("sums two and three terms of %i elements", (length) => {
    const [a, b, c] = [1, 2, 3].map((seed) => noise(seed, length)) as [Float32Array, Float32Array, Float32Array];
    const exact = (weights: readonly number[]): Float32Array =>
      a.map((_, at) => weights.reduce((sum, weight, term) => sum + weight * ([a, b, c][term]?.[at] as number), 0));
    const terms = [1.75, -0.75, 0.5].map((weight, term) => ({ data: [a, b, c][term] as Float32Array, weight }));
    expect(combineCpu(terms.slice(0, 2))).toEqual(exact([1.75, -0.75]));
    expect(combineCpu(terms)).toEqual(exact([1.75, -0.75, 0.5]));
  });
  it("bounds the sum, not the terms", () => {
    const terms = [
      { data: Float32Array.of(5, 5, -9), weight: 1 },
      { data: Float32Array.of(-4.5, 5, 0), weight: 1 },
    ];
    expect([...combineCpu(terms, 1)]).toEqual([0.5, 1, -1]);
  });
  it("does not hide NaN behind the bound", () => {
    expect(combineCpu([{ data: Float32Array.of(Number.NaN), weight: 1 }], 1)[0]).toBeNaN();
  });
});

describe("measureCpu", () => {
  it("means the absolute change, both magnitudes and the squared change", () => {
    expect(measureCpu(Float32Array.of(1, -2, 3, 4), Float32Array.of(2, -2, -1, 3))).toEqual({
      change: 1.5,
      magnitude: 2,
      present: 2.5,
      rms: Math.sqrt(18 / 4),
    });
  });
});

describe("splitCpu", () => {
  it.each([
    [8, 8],
    [7, 9],
    [16, 10],
    [4, 3],
    [1, 1],
    [25, 12],
  ])("equals the disc mask on the shifted transform, %d × %d", (height, width) => {
    const data = noise(height * 100 + width, 3 * height * width);
    const { low, high } = splitCpu(data, [3, height, width]);
    const expected = lowPassByDefinition(data, height, width);
    expect(largestDifference(low, expected)).toBeLessThan(1e-6);
    expect(
      largestDifference(
        combineCpu([
          { data: low, weight: 1 },
          { data: high, weight: 1 },
        ]),
        data,
      ),
    ).toBeLessThan(1e-6);
  });
  it("keeps a wave inside the disc and drops one outside", () => {
    const wave = (cycles: number): Float32Array =>
      Float32Array.from({ length: 400 }, (_, index) => Math.cos((2 * Math.PI * cycles * (index % 20)) / 20));
    expect(largestDifference(splitCpu(wave(4), [20, 20]).low, wave(4))).toBeLessThan(1e-6);
    expect(largestDifference(splitCpu(wave(5), [20, 20]).high, wave(5))).toBeLessThan(1e-6);
  });
});
