import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DbCacheOptions, dbCache } from "../../src/engine/cache/methods/db-cache.js";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";

// cache-dit's rules; forecasters arXiv:2503.06923 and arXiv:2508.16211.

const run = (options: DbCacheOptions, inputs: readonly number[], depth = 3) =>
  runArithmetic({ model: doublingModel(depth), methods: [dbCache(options)], latents: inputs.map((one) => row(one)) });
const maskOf = async (options: DbCacheOptions, inputs: readonly number[]) =>
  (await run(options, inputs)).sites.at(-1)?.computed;
const still = Array.from({ length: 10 }, () => 1);

const refreshed = JSON.parse(readFileSync("tests/fixtures/db-cache-refresh.json", "utf8")) as readonly {
  readonly inputs: readonly number[];
  readonly options: DbCacheOptions;
  readonly computed: string;
  readonly outputs: readonly number[];
}[];

describe("refresh hints, as cache-dit 1.5.3 ran them (tests/reference/db_cache_refresh.py)", () => {
  test.each(refreshed)("$computed: $options", async ({ inputs, options, computed, outputs }) => {
    const found = await run(options, inputs);
    expect(found.sites.at(-1)?.computed).toBe(computed);
    expect(found.outputs.flat()).toEqual(outputs);
  });

  test("are whole numbers from 1 on, once or again and again", () => {
    for (const options of [
      { forceRefreshStepHint: 0 },
      { forceRefreshStepHint: 2.5 },
      { forceRefreshStepPolicy: "twice" },
    ])
      expect(() => dbCache(options as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});

describe("DBCache", () => {
  test("F1B0 without warm-up decides as FirstBlockCache, but for a change equal to the threshold", async () => {
    const inputs = [8, 9, 10, 10.5, 12, 13, 14];
    const latents = inputs.map((one) => row(one));
    const methods = [firstBlockCache({ threshold: 0.26 })];
    const first = await runArithmetic({ model: doublingModel(3), methods, latents });
    const general = await run({ residualDiffThreshold: 0.26, maxWarmupSteps: 0 }, inputs);
    expect(general.outputs).toEqual(first.outputs);
    expect(await maskOf({ residualDiffThreshold: 0.25, maxWarmupSteps: 0 }, [8, 10])).toBe("11");
  });

  test("the first Fn and the last Bn blocks always run", async () => {
    const options = { fnComputeBlocks: 1, bnComputeBlocks: 1, residualDiffThreshold: 1, maxWarmupSteps: 1 };
    const { outputs, sites } = await run(options, [8, 9], 4);
    expect(sites.map(({ computed }) => computed)).toEqual(["11", "10", "10", "11", "10"]);
    expect(outputs).toEqual([[128], [2 * (2 * 9 + (64 - 16))]]);
  });

  test.each<[string, DbCacheOptions]>([
    ["1111000000", { maxWarmupSteps: 4 }],
    ["1010101000", { maxWarmupSteps: 8, warmupInterval: 2 }],
    ["1100011111", { maxWarmupSteps: 2, maxCachedSteps: 3 }],
    ["1100100100", { maxWarmupSteps: 2, maxContinuousCachedSteps: 2 }],
    ["1111111111", { residualDiffThreshold: 0 }],
    ["1001000100", { stepsComputationMask: "1001000100", stepsComputationPolicy: "static", residualDiffThreshold: 0 }],
    ["1001000100", { stepsComputationMask: "1001000100" }],
    ["1111111111", { stepsComputationMask: "1001000100", residualDiffThreshold: 0 }],
  ])("%s: %j on an input that does not change", async (mask, options) => {
    expect(await maskOf({ maxWarmupSteps: 1, ...options }, still)).toBe(mask);
  });

  test("a budget of change met in the run ends reusing for good", async () => {
    const options = { maxWarmupSteps: 1, residualDiffThreshold: 0.5, maxAccumulatedResidualDiffThreshold: 0.25 };
    // Changes since the first step: 0.1, 0.2, and with 0.3 met the rest is computed.
    expect(await maskOf(options, [10, 11, 12, 10, 10])).toBe("10011");
    // 0.125 and 0.25 are the budget exactly.
    expect(await maskOf({ ...options, maxAccumulatedResidualDiffThreshold: 0.375 }, [8, 9, 10, 8, 8])).toBe("10011");
  });

  test("with a forecaster the middle is carried on along its slope", async () => {
    const inputs = [1, 2, 3, 4, 5, 6];
    for (const calibrator of ["taylorseer", "foca"] as const) {
      const { outputs } = await run({ calibrator, maxWarmupSteps: 4, residualDiffThreshold: 1 }, inputs);
      expect(outputs).toEqual([[8], [16], [24], [32], [40], [48]]); // as computed: everything here is linear
    }
    const { outputs } = await run({ maxWarmupSteps: 2, residualDiffThreshold: 1 }, [1, 2, 3, 4]);
    expect(outputs).toEqual([[8], [16], [18], [20]]);
  });

  // cache-dit 1.5.3: a derivative wants current_step > 1, and its count begins after the first step.
  test.each([
    [1, 3, [8, 16, 24, 26, 28]],
    [2, 4, [8, 16, 24, 32, 40]],
  ])(
    "TaylorSeer of order %d takes no difference before the fourth step: warm-up %d",
    async (taylorseerOrder, maxWarmupSteps, outputs) => {
      const found = await run(
        { calibrator: "taylorseer", taylorseerOrder, maxWarmupSteps, residualDiffThreshold: 1 },
        [1, 2, 3, 4, 5],
      );
      expect(found.outputs.flat()).toEqual(outputs);
    },
  );

  test("of a curve only the first difference is there after four steps of order 2", async () => {
    const { outputs } = await run(
      { calibrator: "taylorseer", taylorseerOrder: 2, maxWarmupSteps: 4, residualDiffThreshold: 1 },
      [1, 4, 9, 16, 25],
    );
    // The middle adds 6 of 8 parts: 6 · 16 + 6 · (16 − 9), and the first block 2 · 25.
    expect(outputs.at(-1)).toEqual([2 * 25 + 6 * 16 + 6 * 7]);
  });

  test("a budget of 0 is no limit, a threshold of 1 adds nothing up, one of 0 never rests", async () => {
    const mask = (options: object) => maskOf({ maxWarmupSteps: 1, ...options }, [1, 1.01, 1.02, 1.03]);
    expect(await mask({ maxAccumulatedResidualDiffThreshold: 0 })).toBe("1000");
    expect(await mask({ maxAccumulatedResidualDiffThreshold: 0.005, residualDiffThreshold: 1 })).toBe("1000");
    expect(await mask({ maxAccumulatedResidualDiffThreshold: 0.005 })).toBe("1011");
    expect(await mask({ residualDiffThreshold: 0 })).toBe("1111");
  });

  test("nothing is compared, nor noted, with a threshold of 0", async () => {
    const notes = async (residualDiffThreshold: number) =>
      (await run({ maxWarmupSteps: 1, residualDiffThreshold }, still.slice(0, 3))).visits.map(({ reasons }) => reasons);
    expect((await notes(0)).some((reasons) => reasons !== undefined)).toBe(false);
    expect(await notes(0.1)).toContainEqual({ difference: 0, threshold: 0.1 });
  });

  test("behind a refresh a forecast has the step of the refresh alone", async () => {
    const options = { calibrator: "taylorseer", forceRefreshStepHint: 2, maxWarmupSteps: 1, residualDiffThreshold: 1 };
    const { outputs, sites } = await run(options as DbCacheOptions, [1, 4, 9, 16]);
    expect(sites.at(-1)?.computed).toBe("1010");
    // The middle's 6 parts are those of step 2, and the first block's 2 are computed.
    expect(outputs.at(-1)).toEqual([2 * 16 + 6 * 9]);
  });

  test("tensors that stay 0 have not changed", async () => {
    expect(await maskOf({ maxWarmupSteps: 1 }, [0, 0, 0])).toBe("100");
  });

  test("is refused where no block is left in the middle", async () => {
    await expect(run({ fnComputeBlocks: 2, bnComputeBlocks: 1 }, [1])).rejects.toMatchObject({ code: "site-missing" });
    const short = run({ stepsComputationMask: "10" }, [1, 2, 3]);
    await expect(short).rejects.toMatchObject({ code: "option-invalid" });
  });

  test.each([
    [{ fnComputeBlocks: 0 }],
    [{ bnComputeBlocks: -1 }],
    [{ residualDiffThreshold: -1 }],
    [{ maxCachedSteps: -2 }],
    [{ stepsComputationMask: "12" }],
    [{ calibrator: "pade" }],
    [{ taylorseerOrder: 4 }],
  ])("%j is refused", (options) => {
    expect(() => dbCache(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});
