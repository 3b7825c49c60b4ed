import { describe, expect, test } from "vitest";
import { smoothCache, smoothMask } from "../../src/engine/cache/methods/smooth-cache.js";
import { expectContract, mask } from "../contract.js";

// arXiv:2411.10510.

const near = [0.3, 0.2, 0.1, 0.06, 0.04, 0.03, 0.03, 0.05, 0.1];
const sums = (count: number): number[] =>
  near
    .slice(0, near.length - count + 1)
    .map((_, step) => near.slice(step, step + count).reduce((sum, one) => sum + one, 0));
const rows = [near, sums(2), sums(3)];

describe("SmoothCache", () => {
  test("reuses for as long as the error allows", () => {
    expect(smoothMask(rows, 0.12, 10)).toBe("1110100011");
    expect(smoothMask(rows, 0, 10)).toBe("1111111111");
    expect(smoothMask(rows, 100, 10)).toBe("1000100011");
  });

  test("each kind has its own mask, and kinds without errors run", () => {
    const method = smoothCache({ errors: { "spatial-attention": rows, "feed-forward": [near] }, alpha: 0.12 });
    expect(mask(method, "spatial-attention", 10)).toBe("1110100011");
    expect(mask(method, "feed-forward", 10)).toBe("1110101011");
    expect(mask(method, "cross-attention", 10)).toBe("1111111111");
  });

  test("errors of another number of steps are refused", () => {
    expect(() => mask(smoothCache({ errors: { "spatial-attention": rows } }), "spatial-attention", 20)).toThrow(
      expect.objectContaining({
        code: "option-invalid",
        message: expect.stringContaining("19 numbers for spatial-attention"),
      }),
    );
  });

  test.each([
    [{}],
    [{ errors: {} }],
    [{ errors: { "feed-forward": [["a"]] } }],
    [{ errors: { "feed-forward": [near] }, alpha: -1 }],
  ])("%j is refused", (options) => {
    expect(() => smoothCache(options as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});

test("a method of masks keeps the contract", () => {
  const errors = { "feed-forward": [Array.from({ length: 19 }, (_, step) => 0.01 * step)] };
  expectContract(smoothCache({ errors }));
});

// The authors' scan ends with schedule[-1] = 1.
test("the last step is computed whatever its error", () => {
  expect(smoothMask([[0.03]], 0.18, 2)).toBe("11");
  expect(smoothMask([], 0.18, 1)).toBe("1");
});

test("an error of exactly alpha is reused", () => {
  expect(smoothMask([[0.5, 0.25, 0.5]], 0.25, 4)).toBe("1101");
});
