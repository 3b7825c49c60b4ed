import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withForecast } from "../../src/engine/cache/compose.js";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { errorOfWeights, fittedWeights, type Gram, gramOf } from "../../src/engine/cache/fitted.js";
import { hermiteWeights, taylorWeights } from "../../src/engine/cache/forecast.js";
import { stepMask } from "../../src/engine/cache/methods/step-mask.js";
import { gramsCollector } from "../../src/engine/calibrate/grams.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { uniform } from "../numbers.js";

// L²P (arXiv:2604.26365): weights per step by least squares.

const product = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] as number), 0) / a.length;
const gramOfSeries = (series: readonly (readonly number[])[]): Gram =>
  series.map((now, step) =>
    Array.from({ length: step + 1 }, (_, back) => product(now, series[step - back] as number[])),
  );
const series = (seed: number, steps = 10, width = 24): number[][] => {
  const random = uniform(seed);
  const [a, b, c] = Array.from({ length: 3 }, () => Array.from({ length: width }, () => random() - 0.5));
  return Array.from({ length: steps }, (_, step) =>
    Array.from(
      { length: width },
      (_, at) =>
        (a?.[at] as number) * Math.cos(step / 3) +
        (b?.[at] as number) * step * 0.2 +
        (c?.[at] as number) * Math.exp(-step / 4) +
        0.02 * (random() - 0.5),
    ),
  );
};
const errorOf = (
  all: readonly (readonly number[])[],
  computed: readonly number[],
  weights: readonly number[],
  step: number,
) => {
  const wanted = all[step] as readonly number[];
  const off = wanted.map(
    (value, at) =>
      weights.reduce((sum, weight, age) => sum + weight * (all[computed[age] as number]?.[at] as number), 0) - value,
  );
  return Math.sqrt(product(off, off) / product(wanted, wanted));
};

describe("fitted weights", () => {
  test("are no worse than any hand-made forecast on the features that they were fitted to", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 3 }), (seed, gap) => {
        const all = series(seed);
        const [computed, step] = [[2 * gap, gap, 0], Math.min(9, 2 * gap + 2)];
        const gram = gramOfSeries(all);
        const weights = fittedWeights(gram, computed, step, 0) as number[];
        const own = errorOf(all, computed, weights, step);
        expect(errorOfWeights(gram, computed, weights, step)).toBeCloseTo(own, 5);
        for (const other of [
          [1],
          taylorWeights(computed, step, 1),
          taylorWeights(computed, step, 2),
          hermiteWeights(computed, step, 2, 0.5),
        ]) {
          const error = errorOf(all, computed, other, step);
          expect(errorOfWeights(gram, computed, other, step)).toBeCloseTo(error, 5);
          expect(own).toBeLessThanOrEqual(error + 1e-9);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("solve the normal equations with the ridge on their diagonal", () => {
    const gram = gramOfSeries(series(4));
    const computed = [6, 4, 1];
    const at = (a: number, b: number) => gram[Math.max(a, b)]?.[Math.abs(a - b)] as number;
    const ridge = (0.1 * computed.reduce((sum, step) => sum + at(step, step), 0)) / 3;
    const weights = fittedWeights(gram, computed, 8, 0.1) as number[];
    for (const [index, step] of computed.entries())
      expect(
        computed.reduce((sum, other, column) => sum + at(step, other) * (weights[column] as number), 0) +
          ridge * (weights[index] as number),
      ).toBeCloseTo(at(step, 8), 10);
  });

  test("give back a feature that the kept ones span, and more ridge gives less of it", () => {
    const all = series(1, 6).with(5, []);
    all[5] = (all[4] as number[]).map((value, at) => 2.5 * value - 0.75 * (all[2]?.[at] as number));
    const found = fittedWeights(gramOfSeries(all), [4, 2], 5, 0) as number[];
    expect(found[0]).toBeCloseTo(2.5, 8);
    expect(found[1]).toBeCloseTo(-0.75, 8);
    expect(Math.abs(fittedWeights(gramOfSeries(all), [4, 2], 5, 1)?.[0] as number)).toBeLessThan(2.5);
  });

  test("have no answer for features that depend on each other, or were not measured", () => {
    const same = Array.from({ length: 5 }, () => [1, 2, 3]);
    expect(fittedWeights(gramOfSeries(same), [2, 1], 3, 0)).toBeUndefined();
    expect(fittedWeights(gramOfSeries(same), [2, 1], 3, 1e-3)).toHaveLength(2);
    expect(fittedWeights([[1], [1, 0.5], [1]], [1, 0], 2, 0)).toBeUndefined();
  });
});

test("a run's products are those of its features, in either branch", () => {
  const all = series(7, 5, 6);
  const collector = gramsCollector(
    5,
    new Map([
      ["a", "feed-forward"],
      ["b", "feed-forward"],
    ] as const),
  );
  for (const branch of ["cond", "uncond"])
    for (const [step, now] of all.entries())
      for (const [id, factor] of [
        ["output", 1],
        ["a", 3],
        ["b", 50],
      ] as const)
        collector.observe(
          branch,
          id,
          step,
          Float32Array.from(now, (value) => factor * value),
        );
  const grams = collector.grams();
  const exact = gramOfSeries(all);
  expect(Object.keys(grams)).toEqual(["output", "feed-forward"]);
  // Only ratios matter, and a small sub-layer counts as much as a large one.
  for (const [id, size] of [
    ["output", 1],
    ["feed-forward", 2],
  ] as const)
    for (const [step, products] of exact.entries())
      for (const [back, value] of products.entries())
        expect((grams[id]?.[step]?.[back] as number) / size).toBeCloseTo(
          value / (exact.reduce((sum, [own]) => sum + (own as number), 0) / 5),
          5,
        );
});

test("products belong to the feature that a site keeps", () => {
  const sites = latteSites(2);
  const gram: Gram = [[1]];
  const grams = { "blocks.0-4": gram, output: gram, "feed-forward": gram };
  expect(gramOf(grams, sites.blocks())).toBe(gram);
  expect(gramOf(grams, { ...sites.blocks(), keeps: "value" })).toBeUndefined();
  expect(gramOf(grams, sites.blocks(1))).toBeUndefined();
  expect(gramOf(grams, sites.output())).toBe(gram);
  expect(gramOf(grams, sites.output("residual"))).toBeUndefined();
  expect(gramOf(grams, sites.all("feed-forward")[0] as never)).toBe(gram);
});

describe("withForecast by l2p", () => {
  const latents = Array.from({ length: 8 }, (_, step) => row(10 + step * step));
  // Products of the arithmetic model's residual: 7 times its latents, so that any kept feature gives the next one.
  const grams = { "blocks.0-3": gramOfSeries(latents.map(({ data }) => Array.from(data, (value) => 7 * value))) };
  const run = (options: object) =>
    runArithmetic({
      model: doublingModel(3),
      methods: [withForecast(stepMask({ every: 4 }), { by: "l2p", grams, ...options } as never)],
      latents,
    });

  test("weighs what is kept so that the estimate is the feature itself, where that is possible", async () => {
    const exact = await runArithmetic({ model: doublingModel(3), methods: [], latents });
    const found = await run({ history: 1 });
    expect(found.visits.some(({ decision }) => decision === "forecast")).toBe(true);
    expect(found.outputs.length).toBe(latents.length);
    for (const [step, value] of found.outputs.entries())
      expect((value[0] as number) / (exact.outputs[step]?.[0] as number)).toBeCloseTo(1, 4);
  });

  test.each([
    [{ history: 2, ridge: 0 }, "ridge is 0; expected more"],
    [{ grams: { output: grams["blocks.0-3"] } }, "expected products of blocks.0-3"],
    [{ grams: null }, "grams is null"],
    [{ grams: { output: [["a"]] } }, "grams is"],
    [{ history: 0 }, "history is 0"],
    [{ ridge: -1 }, "ridge is -1"],
    [{ order: 2 }, 'no option "order"'],
  ])("%j is refused in one line", async (options, message) => {
    await expect((async () => run(options))()).rejects.toThrow(message);
  });
});
