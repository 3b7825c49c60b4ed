import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randn } from "../src/engine/random.js";
import { engineError } from "./error.js";

interface Draw {
  readonly seed: number;
  readonly length: number;
  readonly picked: Readonly<Record<string, number>>;
  readonly sum: number;
  readonly sumOfSquares: number;
}

// Written by tests/reference/torch_randn.py.
const { draws } = JSON.parse(readFileSync(new URL("fixtures/torch-randn.json", import.meta.url), "utf8")) as {
  draws: readonly Draw[];
};

describe("randn", () => {
  it.each(draws)("equals torch.randn for seed $seed, length $length", ({ seed, length, picked, sum, sumOfSquares }) => {
    const { data } = randn(seed, [length]);
    expect(data).toHaveLength(length);
    const errors = Object.entries(picked).map(([i, value]) => Math.abs((data[Number(i)] ?? Number.NaN) - value));
    expect(Math.max(...errors)).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(data.reduce((total, value) => total + value, 0) - sum)).toBeLessThanOrEqual(length * 1e-7);
    expect(Math.abs(data.reduce((total, value) => total + value * value, 0) - sumOfSquares)).toBeLessThanOrEqual(
      length * 4e-7,
    );
  });

  it("has the shape asked for, filled row by row", () => {
    const { dims, data } = randn(7, [2, 3, 4]);
    expect(dims).toEqual([2, 3, 4]);
    expect(data).toEqual(randn(7, 24).data);
  });

  it("counts only the lower 32 bits of a seed, as PyTorch does", () => {
    expect(randn(2 ** 32 + 5, [20]).data).toEqual(randn(5, [20]).data);
  });

  it("draws nothing for an empty shape", () => {
    expect(randn(0, [0, 4]).data).toHaveLength(0);
  });

  it.each([-1, 0.5, 2 ** 53, 2 ** 63, Number.NaN, Number.POSITIVE_INFINITY])("refuses the seed %s", (seed) => {
    expect(engineError("input-invalid", () => randn(seed, [4])).message).toContain(String(seed));
  });

  it.each([[[-1]], [[2.5, 2]], [[Number.NaN]], [-3]])("refuses the shape %j", (dims) => {
    engineError("input-invalid", () => randn(0, dims));
  });
});
