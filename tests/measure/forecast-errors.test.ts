import { beforeAll, describe, expect, test } from "vitest";
import type { Gram } from "../../src/engine/cache/fitted.js";
import { gramsCollector } from "../../src/engine/calibrate/grams.js";
import {
  compute,
  createEngine,
  filled,
  fillings,
  fora,
  forecastErrors,
  oneSite,
  stepMask,
  teaCache,
} from "../../src/engine/index.js";
import { engineError } from "../error.js";

// Errors that are worked out from products alone, against forecasts of the features of a real run themselves.

const length = (vector: Float32Array): number => Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0));
const method = fora({ interval: 2 });

describe.each([
  ["flux-shapes-nano", 20],
  ["latte-motion-nano", 14],
])("on the predictions of %s", (name, steps) => {
  let features: readonly Float32Array[];
  let gram: Gram;
  beforeAll(async () => {
    const engine = await createEngine({ model: `site/public/models/${name}`, backend: "wasm" });
    const { predictions = [] } = await engine.generate({ steps, guidance: 1, predictions: true });
    await engine.dispose();
    features = predictions;
    const products = gramsCollector(steps, new Map());
    for (const [step, feature] of features.entries()) products.observe("cond", "output", step, feature);
    gram = products.grams().output as Gram;
  });

  test.each(fillings.map(({ name }) => name))("%s: the error of products is that of features", (filling) => {
    const { computed, errors } = forecastErrors({ gram, method });
    const next = oneSite({
      method: filled({ method, grams: { "feed-forward": gram } })[filling],
      timesteps: features.map((_, at) => 999 - at),
    });
    const seen = features.map((feature) => {
      const { decision, value } = next(() => feature);
      const apart = value.map((one, at) => one - (feature[at] as number));
      return { error: length(apart) / length(feature), computed: decision === compute };
    });
    expect(computed).toEqual(seen.flatMap(({ computed }, step) => (computed ? step : [])));
    expect(errors[filling].filter((error) => error > 0)).toHaveLength(steps - computed.length);
    for (const [step, { error }] of seen.entries()) expect(errors[filling][step]).toBeCloseTo(error, 4);
  });
});

/** Products of h_t = a + b·t + c·2⁻ᵗ, with a, b and c at right angles. */
const gramOf = (count: number, [a, b, c]: readonly [number, number, number]): Gram => {
  const at = (step: number) => [a, b * step, c / 2 ** step] as const;
  const product = (one: number, other: number) =>
    at(one).reduce((sum, value, axis) => sum + value * (at(other)[axis] as number), 0);
  return Array.from({ length: count }, (_, step) =>
    Array.from({ length: step + 1 }, (_, back) => product(step, step - back)),
  );
};
const skipped = (gram: Gram, order?: number, fittedTo?: Gram) => {
  const { computed, errors } = forecastErrors({
    gram,
    method: fora({ interval: 2 }),
    ...(order === undefined ? {} : { order }),
    ...(fittedTo ? { fittedTo } : {}),
  });
  const beyond = (filling: keyof typeof errors, from: number) =>
    errors[filling].filter((_, step) => step >= from && !computed.includes(step));
  return beyond;
};

describe("what each forecast is for", () => {
  test("reuse is exact where nothing moves, and so are all others", () => {
    for (const { name } of fillings)
      for (const error of skipped(gramOf(12, [2, 0, 0]))(name, 0)) expect(error).toBeLessThan(1e-6);
  });

  test("a line is exact where each step moves as far as the one before; reuse is off by one step of it", () => {
    const errors = skipped(gramOf(12, [0, 3, 0]));
    for (const error of errors("line", 4)) expect(error).toBeLessThan(1e-6);
    expect(errors("reuse", 4)).toHaveLength(4);
    for (const [at, error] of errors("reuse", 4).entries()) expect(error).toBeCloseTo(1 / (4 + 2 * at), 5);
  });

  test("decomposition is exact where features decay, a line is not", () => {
    const errors = skipped(gramOf(14, [0, 0, 1]));
    for (const error of errors("dmd", 8)) expect(error).toBeLessThan(1e-5);
    for (const error of errors("line", 8)) expect(error).toBeGreaterThan(0.1);
  });

  test("weights fitted to the run itself are closest; fitted to another one they are not", () => {
    const gram = gramOf(12, [1, 0.5, 4]);
    const [own, other] = [skipped(gram, 1), skipped(gram, 1, gramOf(12, [1, 0.1, 9]))];
    for (const [at, error] of own("fitted", 6).entries()) expect(error).toBeLessThan(other("fitted", 6)[at] as number);
    expect(own("taylor", 6)).toEqual(other("taylor", 6));
  });

  test("an order of 0 is reuse; of 1, Taylor is the line", () => {
    const gram = gramOf(12, [1, 0.5, 4]);
    expect(skipped(gram, 0)("taylor", 0)).toEqual(skipped(gram)("reuse", 0));
    expect(skipped(gram, 1)("taylor", 0)).toEqual(skipped(gram)("line", 0));
    expect(skipped(gram)("taylor", 0)).not.toEqual(skipped(gram)("line", 0)); // 2 without being asked
  });
});

describe("refused, in one line", () => {
  const gram = gramOf(6, [1, 1, 1]);
  test("products that are not of all pairs, or of other steps", () => {
    const short = gram.map((row) => row.slice(0, 3));
    expect(engineError("option-invalid", () => forecastErrors({ gram: short, method })).message).toContain(
      "4 numbers for step 3",
    );
    const other = { gram, method, fittedTo: gramOf(5, [1, 1, 1]) };
    expect(engineError("option-invalid", () => forecastErrors(other)).message).toContain("products of 6 steps");
    engineError("input-invalid", () => forecastErrors({ gram: 3 as never, method }));
  });
  test("a method that measures, an order that is none", () => {
    engineError("option-invalid", () => forecastErrors({ gram, method: teaCache({ coefficients: [1, 0] }) }));
    engineError("option-invalid", () => forecastErrors({ gram, method, order: 4 }));
  });
  test("a schedule may be any: a mask", () => {
    expect(forecastErrors({ gram, method: stepMask({ mask: "110101" }) }).computed).toEqual([0, 1, 3, 5]);
  });
});
