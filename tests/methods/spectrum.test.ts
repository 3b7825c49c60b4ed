import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spectralWeights } from "../../src/engine/cache/forecast.js";
import { spectrum } from "../../src/engine/cache/methods/spectrum.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { expectContract, mask } from "../contract.js";

// stable-diffusion.cpp.

describe("Spectrum", () => {
  test.each([
    [20, "11110101001001000111"],
    [28, "1111010100100100010001000111"],
  ])("%i steps", (steps, golden) => {
    expect(mask(spectrum(), "output", steps)).toBe(golden);
  });

  test("50 steps: 19 computed", () => {
    expect([...mask(spectrum(), "output", 50)].filter((one) => one === "1")).toHaveLength(19);
  });

  test("the end and the warm-up are computed, and the window may stay as it is", () => {
    expect(mask(spectrum({ flex: 0, window: 3, warmup: 2, stop: 1 }), "output", 12)).toBe("110010010010");
    expect(mask(spectrum({ stop: 0 }), "output", 6)).toBe("111101"); // no end, as in the reference
  });

  test("an output that does not change is forecast exactly, where the reference gives nine tenths", async () => {
    const { outputs } = await runArithmetic({
      model: doublingModel(1, 2),
      methods: [spectrum()],
      latents: Array.from({ length: 12 }, () => row(3, -5)),
    });
    for (const output of outputs) {
      expect(output[0]).toBeCloseTo(6, 5);
      expect(output[1]).toBeCloseTo(-10, 5);
    }
  });

  test("the forecast is 0.4 of the Chebyshev curve and 0.6 of half a step on", async () => {
    const values = [1, 4, 2, 3, 9];
    const { outputs, visits } = await runArithmetic({
      model: doublingModel(1),
      methods: [spectrum({ stop: 1 })],
      latents: values.map((one) => row(one)),
    });
    const weights = spectralWeights([3, 2, 1, 0], 4, { steps: 5, degree: 3, ridge: 1 });
    const curve = weights.reduce((sum, weight, age) => sum + weight * 2 * (values[3 - age] as number), 0);
    expect(outputs[4]?.[0]).toBeCloseTo(0.4 * curve + 0.6 * (6 + 0.5 * (6 - 4)), 5);
    expect(visits[4]?.decision).toBe("forecast");
  });

  test("weights over any history add up to 1", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (steps, degree, ridge) => {
          const computed = steps.toSorted((a, b) => b - a);
          const weights = spectralWeights(computed, (computed[0] as number) + 1, { steps: 40, degree, ridge });
          expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
        },
      ),
    );
  });

  test("are those of numpy's normal equations, the ridge on all but the constant", () => {
    // On a line through −1 and 0, a ridge of 0.5 halves the slope; at 1, that is ½ (y₀ + y₁) + ¾ (y₁ − y₀).
    const line = spectralWeights([1, 0], 2, { steps: 3, degree: 1, ridge: 0.5 });
    expect(line).toEqual([expect.closeTo(1.25, 12), expect.closeTo(-0.25, 12)]);
    // numpy.linalg.solve(V.T @ V + diag([0, 1, 1, 1]), v) over chebvander.
    const cubic = spectralWeights([9, 7, 4, 2, 1, 0], 11, { steps: 20, degree: 3, ridge: 1 });
    expect(cubic).toEqual(
      [
        0.650163748595877, 0.291314838698522, -0.08617992034429, -0.090133821499277, 0.018336632500799,
        0.216498522048369,
      ].map((one) => expect.closeTo(one, 12)),
    );
  });

  test("with hardly any ridge a curve of its own degree is found again", () => {
    const curve = (step: number): number => 0.1 * step ** 3 - step ** 2 + 2;
    const computed = [9, 7, 4, 2, 1, 0];
    const weights = spectralWeights(computed, 11, { steps: 20, degree: 3, ridge: 1e-9 });
    const found = weights.reduce((sum, weight, age) => sum + weight * curve(computed[age] as number), 0);
    expect(found).toBeCloseTo(curve(11), 2);
  });

  test("keeps the contract", () => expectContract(spectrum()));

  test.each([[{ w: 2 }], [{ m: 0 }], [{ lam: 0 }], [{ window: 0.5 }], [{ flex: -1 }], [{ warmup: 1 }], [{ stop: 2 }]])(
    "%j is refused",
    (options) => {
      expect(() => spectrum(options)).toThrow(expect.objectContaining({ code: "option-invalid" }));
    },
  );
});

test("the window grows from the first step after the warm-up on", () => {
  expect(mask(spectrum({ window: 1, flex: 1, warmup: 2, stop: 1 }), "output", 6)).toBe("111010");
});
