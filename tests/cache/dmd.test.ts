import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { withForecast } from "../../src/engine/cache/compose.js";
import { loadDecomposition } from "../../src/engine/cache/decomposition.js";
import { dmdWeights } from "../../src/engine/cache/dmd.js";
import { dmd, evenlySpaced, taylorWeights } from "../../src/engine/cache/forecast.js";
import { dbCache } from "../../src/engine/cache/methods/db-cache.js";
import { stepMask } from "../../src/engine/cache/methods/step-mask.js";
import { oneSite } from "../../src/engine/cache/one-site.js";
import { compute } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";

beforeAll(async () => void (await loadDecomposition()));

// cache-dit 1.5.3 has made these forecasts: tests/reference/dmd.py.

type Rows = readonly (readonly number[])[];
const reference = JSON.parse(readFileSync("tests/fixtures/dmd.json", "utf8")) as {
  readonly histories: Readonly<Record<string, Rows>>;
  readonly cases: readonly {
    readonly name: string;
    readonly computed: readonly number[];
    readonly forecasts: Readonly<Record<string, readonly number[]>>;
  }[];
};

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
const productsOf = (rows: Rows) => rows.map((one) => rows.map((other) => dot(one, other)));
const weighted = (weights: readonly number[], rows: Rows) =>
  (rows[0] as readonly number[]).map((_, at) =>
    dot(weights, rows.map((one) => one[at] as number).slice(0, weights.length)),
  );

describe("forecasts are those of cache-dit's calibrator", () => {
  test.each(reference.cases)("$name, computed in $computed", ({ name, computed, forecasts }) => {
    const rows = reference.histories[name] as Rows;
    for (const [at, expected] of Object.entries(forecasts)) {
      const step = Number(at);
      const before = computed.filter((one) => one < step).toReversed();
      const kept = before.slice(0, dmd.history);
      const features = kept.map((one) => rows[one] as readonly number[]);
      const weights = dmd.weights(kept, step, undefined as never, productsOf(features));
      const size = Math.max(...expected.map(Math.abs));
      const off = weighted(weights, features).map((value, element) => Math.abs(value - (expected[element] as number)));
      expect(Math.max(...off) / size, `step ${step}`).toBeLessThan(1e-5);
    }
  });
});

describe("the forecast by dynamic mode decomposition", () => {
  const steps = [9, 6, 3, 0];
  const decay = (at: number) => [0.9 ** at, 2 * 0.5 ** at - 0.9 ** at, 0.5 ** at];

  test("is exact for sums of exponentials, also between and beyond the spacing; a line is not", () => {
    const rows = steps.map(decay);
    for (const step of [10, 11, 12, 15]) {
      const weights = dmdWeights(productsOf(rows), steps, step) as readonly number[];
      for (const [at, value] of weighted(weights, rows).entries())
        expect(value).toBeCloseTo(decay(step)[at] as number, 9);
      expect(weights).toHaveLength(3); // the oldest is only what the map starts from
      expect(weighted(taylorWeights(steps, step, 1), rows)[0]).not.toBeCloseTo(0.9 ** step, 3);
    }
  });

  test("counts features that are evenly spaced from the newest on", () => {
    expect([[9], [9, 6], [9, 6, 3, 0], [9, 8, 7, 5, 4], [9, 7, 6], [8, 6, 4, 2, 1]].map(evenlySpaced)).toEqual([
      1, 2, 4, 3, 2, 4,
    ]);
    expect(dmd.weights([9, 8, 7, 5], 10, undefined as never, [])).toEqual(taylorWeights([9, 8, 7, 5], 10, 1));
    expect(dmd.weights([2, 1, 0], 3, undefined as never, [])).toEqual([1, 0]); // no difference before the fourth step
  });

  test("of nothing at all, and in a plan, the newest feature is taken", () => {
    const nothing = steps.map(() => [0, 0]);
    expect(dmdWeights(productsOf(nothing), steps, 10)).toBeUndefined();
    expect(dmd.weights(steps, 10, undefined as never, productsOf(nothing))).toEqual([1]);
    expect(dmd.weights(steps, 10, undefined as never)).toEqual([1]);
  });

  test("carries a feature on in a run, at one site as in a model; products leave no tensor behind", async () => {
    const latents = Array.from({ length: 10 }, (_, step) => row(8 * 0.75 ** step, 0.5 ** step));
    const method = withForecast(stepMask({ mask: "1111110000", site: "output" }), { by: "dmd" });
    const { outputs, visits, bytesAfter } = await runArithmetic({
      ...{ model: doublingModel(1, 2), methods: [method], latents },
    });
    for (const [step, output] of outputs.entries())
      for (const [at, value] of output.entries()) expect(value).toBeCloseTo(2 * (latents[step]?.data[at] as number), 5);
    expect(bytesAfter).toBe(0);
    const blocks = withForecast(stepMask({ mask: "1111110000" }), { by: "dmd" });
    expect(blocks.history).toBe(6);
    const next = oneSite({
      method: withForecast(stepMask({ mask: "1111110000", site: "blocks" }), { by: "dmd" }),
      timesteps: latents.map((_, step) => 1000 - step),
    });
    const alone = outputs.map((_, step) =>
      next(() => Float32Array.from(latents[step]?.data as Float32Array, (x) => 2 * x)),
    );
    const weights = visits.filter(({ decision }) => decision !== "compute").map((one) => one.weights);
    expect(weights).toHaveLength(4);
    for (const [at, { decision }] of alone.slice(6).entries()) {
      if (decision === compute) throw new Error("the mask has a 0 here");
      expect(decision.weights).toHaveLength((weights[at] as readonly number[]).length);
    }
  });

  test("is a calibrator of DBCache too", async () => {
    const latents = Array.from({ length: 9 }, (_, step) => row(8 * 0.75 ** step, 0.5 ** step));
    const method = dbCache({ calibrator: "dmd", residualDiffThreshold: 1, maxWarmupSteps: 6 });
    const { outputs } = await runArithmetic({ model: doublingModel(3, 2), methods: [method], latents });
    for (const [step, output] of outputs.entries())
      for (const [at, value] of output.entries()) expect(value).toBeCloseTo(8 * (latents[step]?.data[at] as number), 4);
  });

  test("an option that it does not have is refused", () => {
    const forecast = { by: "dmd", order: 1 } as never;
    expect(() => withForecast(stepMask({ every: 2 }), forecast)).toThrow(
      expect.objectContaining({ code: "option-unknown" }),
    );
  });
});
