import { expect, test } from "vitest";
import { hermiteWeights, taylorWeights } from "../../src/engine/cache/forecast.js";
import { uniform } from "../numbers.js";

const close = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 12);
};

/** The physicists' polynomials, written out. */
const H = [(_: number) => 1, (x: number) => 2 * x, (x: number) => 4 * x ** 2 - 2, (x: number) => 8 * x ** 3 - 12 * x];
const factorial = [1, 1, 2, 6];

/** HiCache as its reference runs: differences of the features themselves, one computed step after the other. */
const reference = (features: ReadonlyMap<number, number>, step: number, order: number, scale: number): number => {
  let before: number[] = [];
  let last = 0;
  for (const [at, feature] of features) {
    const now = [feature];
    for (let k = 0; k < Math.min(order, before.length); k++)
      now.push(((now[k] as number) - (before[k] as number)) / (at - last));
    [before, last] = [now, at];
  }
  return before.reduce(
    (sum, difference, k) =>
      sum + (difference * scale ** k * (H[k]?.(scale * (step - last)) as number)) / (factorial[k] as number),
    0,
  );
};

// By hand, with d = 2 and σ = ½: the terms are d/2 = 1, d²/8 − ¼ = ¼ and d³/48 − d/8 = −1/12.
test.each([
  [[4, 2], 1, [1 + 1 / 2, -1 / 2]],
  [[4, 2, 0], 2, [1 + 1 / 2 + 1 / 16, -1 / 2 - 2 / 16, 1 / 16]],
  [[4, 3, 2, 1], 3, [1 + 1 + 1 / 4 - 1 / 12, -1 - 2 / 4 + 3 / 12, 1 / 4 - 3 / 12, 1 / 12]],
])("Hermite weights over steps %j of order %i", (computed, order, expected) => {
  close(hermiteWeights(computed, 6, order, 0.5), expected);
});

test("Hermite weights give what the reference's differences give, at any gaps", () => {
  const random = uniform(5);
  for (let round = 0; round < 300; round++) {
    const order = round % 4;
    const scale = random();
    let at = 0;
    const features = new Map<number, number>();
    for (let index = 0; index <= order + (round % 3); index++) {
      features.set(at, random());
      at += 1 + Math.floor(4 * random());
    }
    const computed = [...features.keys()].toReversed().slice(0, order + 1);
    const step = (computed[0] as number) + 1 + Math.floor(6 * random());
    const found = hermiteWeights(computed, step, order, scale);
    expect(found.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9); // a feature that does not change stays
    const forecast = found.reduce((sum, one, i) => sum + one * (features.get(computed[i] as number) as number), 0);
    expect(forecast).toBeCloseTo(reference(features, step, order, scale), 9);
  }
});

test("order 0, scale 0 and a single feature are reuse", () => {
  expect(hermiteWeights([4, 2], 6, 0, 0.5)).toEqual([1]);
  expect(hermiteWeights([4], 6, 3, 0.5)).toEqual([1]);
  close(hermiteWeights([4, 2, 1, 0], 6, 3, 0), [1, 0, 0, 0]);
});

test("order 1 is Taylor's line with its slope times 2σ²: forward for every scale, the same line for √½", () => {
  close(hermiteWeights([5, 2], 9, 1, Math.SQRT1_2), taylorWeights([5, 2], 9, 1));
  for (const scale of [0.1, 0.5, 0.9]) {
    const [newest, older] = hermiteWeights([5, 2], 9, 1, scale) as [number, number];
    expect(5 * newest + 2 * older - 5).toBeCloseTo(2 * scale ** 2 * 4, 12); // on y = step, four steps on
  }
});

test("order 2 is not Taylor's even for √½: it takes half of the second difference off", () => {
  const taylor = taylorWeights([2, 1, 0], 4, 2);
  const half = [0.5, -1, 0.5];
  close(
    hermiteWeights([2, 1, 0], 4, 2, Math.SQRT1_2),
    taylor.map((one, index) => one - (half[index] as number)),
  );
});
