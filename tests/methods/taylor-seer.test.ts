import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { taylorWeights } from "../../src/engine/cache/forecast.js";
import { taylorSeer } from "../../src/engine/cache/methods/taylor-seer.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { expectContract, mask } from "../contract.js";

// arXiv:2503.06923.

describe("TaylorSeer", () => {
  test.each([
    ["default, 20 steps", {}, 20, "11101000010000100001"],
    [
      "interval 4, before 5, 50 steps",
      { cacheInterval: 4, disableCacheBeforeStep: 5 },
      50,
      "11111010001000100010001000100010001000100010001000",
    ],
    ["interval 3, before 1", { cacheInterval: 3, disableCacheBeforeStep: 1 }, 10, "1010010010"],
    ["after 15", { disableCacheAfterStep: 15 }, 20, "11101000010000111111"],
    ["interval 1", { cacheInterval: 1 }, 12, "1".repeat(12)],
    ["interval 1, no warm-up", { cacheInterval: 1, disableCacheBeforeStep: 0 }, 4, "1111"],
  ])("%s: diffusers' mask", (_, options, steps, golden) => {
    expect(mask(taylorSeer(options), "spatial-attention", steps)).toBe(golden);
  });

  test("lite mode replaces the whole network", () => {
    const lite = taylorSeer({ useLiteMode: true, cacheInterval: 4, disableCacheBeforeStep: 4 });
    expect(mask(lite, "output")).toBe("11110100010001000100");
    expect(mask(lite, "feed-forward")).toBe("11110100010001000100");
  });

  // Values of diffusers' hook on a module that returns y(i), default interval and warm-up; the starred ones are forecast.
  test.each([
    ["a line is exact, order 1", 1, (i: number) => 3 * i + 1, (i: number) => 3 * i + 1, 1e-4],
    [
      "a parabola, order 1",
      1,
      (i: number) => i * i,
      (i: number) => [0, 1, 4, 7, 16, 22, 28, 34, 40, 81, 94, 107, 120, 133][i] as number,
      1e-3,
    ],
    [
      "a parabola, order 2",
      2,
      (i: number) => i * i,
      (i: number) => [0, 1, 4, 8, 16, 22.75, 31, 40.75, 52, 81, 94.7, 109.8, 126.3, 144.2][i] as number,
      0.05,
    ],
  ] as const)("%s", async (_, maxOrder, y, golden, tolerance) => {
    // The sub-layer's feature is the latent itself, and the prediction latent + feature.
    const latents = Array.from({ length: 14 }, (_, i) => row(y(i)));
    const method = taylorSeer({ maxOrder, sites: ["spatial-attention"] });
    const { outputs } = await runArithmetic({ model: doublingModel(1), methods: [method], latents });
    outputs.forEach(([value], i) => {
      expect(Math.abs((value as number) - y(i) - golden(i))).toBeLessThanOrEqual(tolerance);
    });
  });

  test("weights equal the reference's recursion on derivatives, at uneven gaps", () => {
    /** TaylorSeer's own bookkeeping: factors updated at each computed step, then Σ F[k] dᵏ / k!. */
    const recursion = (steps: readonly number[], values: readonly number[], step: number, order: number): number => {
      let [factors, last] = [[] as number[], 0];
      steps.forEach((at, index) => {
        const next = [values[index] as number];
        for (let k = 0; k < Math.min(order, factors.length); k++)
          next.push(((next[k] as number) - (factors[k] as number)) / (at - last));
        [factors, last] = [next, at];
      });
      const factorials = [1, 1, 2, 6, 24, 120];
      return factors.reduce((sum, factor, k) => sum + (factor * (step - last) ** k) / (factorials[k] as number), 0);
    };
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 2 ** 30 }),
        (gaps, order, ahead, seed) => {
          const steps = gaps.map((_, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0));
          const values = steps.map((step) => Math.sin(step * 1.7 + seed));
          const step = (steps.at(-1) as number) + ahead;
          const kept = steps.toReversed().slice(0, order + 1);
          const newest = values.toReversed();
          const found = taylorWeights(kept, step, order).reduce(
            (sum, weight, i) => sum + weight * (newest[i] as number),
            0,
          );
          expect(found).toBeCloseTo(recursion(steps, values, step, order), 6);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("keeps the contract", () => expectContract(taylorSeer({ maxOrder: 2 })));

  test.each([
    [{ disableCacheBeforeStep: -1 }],
    [{ cacheInterval: 0 }],
    [{ maxOrder: 1.5 }],
    [{ maxOrder: -1 }],
    [{ sites: [] }],
    [{ sites: ["attention"] }],
    [{ useLiteMode: 1 }],
    [{ taylorFactorsDtype: "bfloat16" }],
  ])("%j is refused", (options) => {
    expect(() => taylorSeer(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});

test("without a warm-up the first step is computed, where diffusers stops", () => {
  const method = taylorSeer({ disableCacheBeforeStep: 0, cacheInterval: 3 });
  expect(mask(method, "spatial-attention", 8)).toBe("11001001");
});

test("the paper's phase: an interval counts from the warm-up's last step", () => {
  const method = taylorSeer({ cacheInterval: 6, variant: "paper" });
  expect(mask(method, "spatial-attention")).toBe("11100000100000100000");
});
