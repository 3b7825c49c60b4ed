import { expect, test } from "vitest";
import { polyfit } from "../../src/engine/metrics/polyfit.js";

// numpy 2.x, polyfit(x, y, degree).
const x = [0.0062, 0.0139, 0.0228, 0.0326, 0.0431, 0.0543, 0.066, 0.0783, 0.091, 0.1041, 0.1176, 0.1315];
const y = [0.0168, 0.0247, 0.0327, 0.0391, 0.0427, 0.0428, 0.0394, 0.0337, 0.0277, 0.0242, 0.0253, 0.0324];

test.each([
  [4, [603.3666876993503, -35.322390255671756, -15.72049602174826, 1.4983817428922726, 0.007546502370898218]],
  [1, [-0.0031069702351777914, 0.0319888039280887]],
])("degree %i as numpy fits it", (degree, coefficients) => {
  for (const [index, value] of polyfit(x, y, degree).entries())
    expect(value / (coefficients[index] as number)).toBeCloseTo(1, 9);
});

test("a polynomial of the degree itself is found again", () => {
  const points = [-2, -1, 0, 1, 2, 3];
  const values = points.map((one) => 2 * one ** 3 - one + 5);
  for (const [index, value] of polyfit(points, values, 3).entries())
    expect(value).toBeCloseTo([2, 0, -1, 5][index] as number, 9);
});

test("as many points as coefficients are enough", () => {
  expect(polyfit([1, 3], [2, 8], 1)).toEqual([expect.closeTo(3, 12), expect.closeTo(-1, 12)]);
});

test("too few distinct points are refused", () => {
  expect(() => polyfit([1, 1, 1], [1, 2, 3], 1)).toThrow(RangeError);
});
