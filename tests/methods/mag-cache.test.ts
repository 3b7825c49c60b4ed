import { describe, expect, test } from "vitest";
import { magCache, resampled } from "../../src/engine/cache/methods/mag-cache.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { expectContract, mask } from "../contract.js";

// arXiv:2506.09045. Masks of diffusers' hook with its FLUX ratios.

const flux = [
  1.0, 1.21094, 1.11719, 1.07812, 1.0625, 1.03906, 1.03125, 1.03906, 1.02344, 1.03125, 1.02344, 0.98047, 1.01562,
  1.00781, 1.0, 1.00781, 1.0, 1.00781, 1.0, 1.0, 0.99609, 0.99609, 0.98047, 0.98828, 0.96484, 0.95703, 0.93359, 0.89062,
];

describe("MagCache", () => {
  test.each([
    [28, 0.06, 3, 0.2, "1111110101000100010001001011"],
    [28, 0.12, 3, 0.2, "1111110010010001000100010010"],
    [28, 0.24, 5, 0.1, "1110010001000001000001000010"],
    [28, 0.06, 1, 0.2, "1111110101010101010101010111"],
    [20, 0.06, 3, 0.2, "11110101000100010011"],
    [50, 0.06, 3, 0.2, "11111111110101010101000100010001000100010010101111"],
    [8, 0.24, 2, 0.2, "11001001"],
    [4, 0.24, 2, 0.2, "1001"],
  ])("%i steps, threshold %d, at most %i, retention %d", (steps, threshold, maxSkipSteps, retentionRatio, golden) => {
    expect(mask(magCache({ magRatios: flux, threshold, maxSkipSteps, retentionRatio }), "blocks", steps)).toBe(golden);
  });

  test("ratios for another number of steps are the nearest ones, ties to even", () => {
    const indices = resampled(
      flux.map((_, index) => index),
      20,
    );
    expect(indices).toEqual([0, 1, 3, 4, 6, 7, 9, 10, 11, 13, 14, 16, 17, 18, 20, 21, 23, 24, 26, 27]);
    expect(resampled(flux, 1)).toEqual([0.89062]);
    // The place 1.5 comes out a little lower or higher in float32.
    expect(resampled([0, 1, 2, 3], 75)[37]).toBe(1);
    expect(resampled([0, 1, 2, 3], 91)[75]).toBe(3);
  });

  test.each([
    [1.01, 0.01, "10101"],
    [1.02, 0.02, "10101"],
    [1.05, 0.05, "10101"],
    [0.9, 0.1, "11111"],
    [0.98, 0.02, "10101"],
  ])("where an error meets the threshold, float32 decides as in diffusers: %d and %d", (ratio, threshold, golden) => {
    const options = { magRatios: Array(5).fill(ratio), threshold, maxSkipSteps: 1, retentionRatio: 0 };
    expect(mask(magCache(options), "blocks", 5)).toBe(golden);
  });

  test("10 → 40; then 11 is 41 reused, and 44 computed where the retention says so", async () => {
    const run = (retentionRatio: number) =>
      runArithmetic({
        model: doublingModel(2),
        methods: [magCache({ magRatios: [1, 1], threshold: 100, retentionRatio })],
        latents: [row(10), row(11)],
      });
    expect((await run(0)).outputs).toEqual([[40], [41]]);
    expect((await run(1)).outputs).toEqual([[40], [44]]);
  });

  test("one residual of the stack is all it keeps", async () => {
    const { cacheBytes } = await runArithmetic({
      model: doublingModel(3, 4),
      methods: [magCache({ magRatios: [1, 1, 1], threshold: 100, retentionRatio: 0 })],
      latents: [row(1, 1, 1, 1), row(1, 1, 1, 1), row(1, 1, 1, 1)],
    });
    expect(cacheBytes).toEqual([16, 16, 16]);
  });

  test("keeps the contract", () => expectContract(magCache({ magRatios: flux })));

  test("settings for another number of steps are refused, where diffusers goes wrong", () => {
    expect(() => mask(magCache({ magRatios: flux, numInferenceSteps: 28 }), "blocks", 20)).toThrow(
      expect.objectContaining({ code: "option-invalid" }),
    );
  });

  test.each([
    [{}],
    [{ magRatios: [] }],
    [{ magRatios: [1, "2"] }],
    [{ magRatios: flux, threshold: -1 }],
    [{ magRatios: flux, maxSkipSteps: -1 }],
    [{ magRatios: flux, retentionRatio: 1.1 }],
  ])("%j is refused", (options) => {
    expect(() => magCache(options as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});

test("the paper's variant reuses below the threshold only, and rounds the retention down", () => {
  // Each step's ratio is 1.5, so an error of exactly 0.5 after one reuse; 0.25 of 6 steps are 1.5.
  const options = { magRatios: [1.5, 1.5, 1.5, 1.5, 1.5, 1.5], threshold: 0.5, retentionRatio: 0.25 };
  expect(mask(magCache(options), "blocks", 6)).toBe("110101");
  expect(mask(magCache({ ...options, variant: "paper" }), "blocks", 6)).toBe("111111");
  expect(mask(magCache({ ...options, threshold: 0.6, variant: "paper" }), "blocks", 6)).toBe("101010");
});

test("resampling rounds ties to even", () => {
  expect(resampled([0, 1, 2], 5)).toEqual([0, 0, 1, 2, 2]);
});

test("while calibrating every step is computed, and no ratios are needed", () => {
  expect(mask(magCache({ calibrate: true } as never), "blocks", 20)).toBe("1".repeat(20));
  expect(mask(magCache({ calibrate: false, magRatios: [1] }), "blocks", 20)).toContain("0");
  expect(() => magCache({ calibrate: "yes" } as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
});
