import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MeanCacheOptions, meanCache, meanCachePath } from "../../src/engine/cache/methods/mean-cache.js";
import type { FreshCalibration } from "../../src/engine/calibrate/calibration.js";
import { guidedPredictions } from "../../src/engine/calibrate/guided-predictions.js";
import type { Engine } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { expectContract, leading, mask } from "../contract.js";
import { readFixture, relativeError } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";
import { smoothProducts } from "../smooth-products.js";

// arXiv:2601.19961. Runs and paths are those of the reference's rule (tests/reference/mean_cache.py).

interface Path {
  readonly computed: readonly number[];
  readonly orders: readonly number[];
}
const recorded = JSON.parse(readFileSync("tests/fixtures/mean-cache.json", "utf8")) as {
  readonly runs: readonly (Path & { readonly from: string; readonly budget: number; readonly latents: number[] })[];
  readonly paths: readonly (Path & { readonly budget: number; readonly steps: number })[];
};
const fixture = readFixture("flux-a");
const request = (steps: number) => recordedRequest(smallModels[1], fixture.tensor, steps);
const products = smoothProducts(20);

describe("on flux-a, as the reference", () => {
  let engine: Engine;
  let calibration: FreshCalibration;
  beforeAll(async () => {
    engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler: fixture.scheduler("flow") });
    calibration = await engine.calibrate(request(16));
  });
  afterAll(() => engine.dispose());

  // Its tables have 0 where no step lies between.
  test.each(recorded.runs)("$from at $budget of 50 steps", async ({ computed, orders, latents: wanted }) => {
    const path = { computed, orders: orders.map((order) => order || 1) };
    const { latents, trace } = await engine.generate({ ...request(50), cache: [meanCache({ path })] });
    const skipped = trace.visits.filter(({ decision }) => decision !== "compute").map(({ step }) => step);
    expect(skipped).toEqual(Array.from({ length: 50 }, (_, at) => at).filter((at) => !computed.includes(at)));
    expect(relativeError(latents.data, Float32Array.from(wanted))).toBeLessThan(1e-4);
  });

  test.each(recorded.paths)("the path of $budget computed steps of $steps", async ({ budget, computed, orders }) => {
    const { trace } = await engine.generate({
      ...request(16),
      cache: [meanCache({ ...calibration.meancache, budget, maxGap: 6 })],
    });
    const decided = Array.from({ length: 16 }, (_, step) => trace.visits.find((visit) => visit.step === step));
    expect(decided.flatMap((visit, step) => (visit?.decision === "compute" ? [step] : []))).toEqual(computed);
    for (const [step, visit] of decided.entries()) {
      if (visit?.decision === "compute") continue;
      const order = orders[computed.findLastIndex((at) => at < step)] as number;
      expect(visit?.reasons).toEqual({ order });
      expect(visit?.weights).toHaveLength(order);
    }
  });

  test("a budget of all steps is the uncached run, bit for bit", async () => {
    const all = await engine.generate({ ...request(16), cache: [meanCache({ ...calibration.meancache, budget: 16 })] });
    expect(all.clip.data).toEqual((await engine.generate(request(16))).clip.data);
  });

  test("numbers of another model, scheduler or number of steps are refused", async () => {
    const { meancache } = calibration;
    const other = { model: "another", scheduler: "DDIMScheduler", steps: 20 };
    for (const [field, value] of Object.entries(other)) {
      const calibratedFor = { ...meancache.calibratedFor, [field]: value };
      const run = engine.generate({ ...request(16), cache: [meanCache({ ...meancache, calibratedFor })] });
      await expect(run).rejects.toMatchObject({ code: "calibration-mismatch" });
    }
  });
});

describe("MeanCache", () => {
  test("computes as many steps as it is given, first and last among them, and half by itself", () => {
    for (const budget of [4, 7, 19])
      expect(mask(meanCache({ products, budget }), "guided").replaceAll("0", "")).toHaveLength(budget);
    expect(mask(meanCache({ products, share: 1 }), "guided")).toBe("1".repeat(20));
    // Where no step lies between, the smallest K stands for all.
    expect(meanCachePath({ products, share: 1 }, leading(20)).orders).toEqual(Array.from({ length: 19 }, () => 1));
    expect(mask(meanCache({ products }), "guided")).toMatchInlineSnapshot(`"11111010100100010001"`);
  });

  test("weights add up to 1, and carry on a velocity that is a line in time at half its slope per way", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 6, max: 18 }), (order, step) => {
        const timesteps = leading(20);
        const path = { computed: [0, 1, 2, 3, 4, 5], orders: [1, 1, 1, 1, 1, order] };
        const decide = meanCache({ path }).start({ steps: 20, timesteps, branch: "cond" });
        const answer = decide({
          ...{ site: {} as never, branch: "cond", step, steps: 20, timestep: 0, guided: true, readings: [] },
          ...{ computed: Array.from({ length: order }, (_, at) => step - 1 - at), forced: false, because: () => {} },
        });
        const { weights } = answer as { weights: readonly number[] };
        expect(weights).toHaveLength(order);
        expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
        // v = −t at evenly spaced times: the oldest is (K − 1) / 2 steps from the mean of K, which spans K of them.
        const value = weights.reduce((sum, weight, at) => sum - weight * (timesteps[step - 1 - at] as number), 0);
        const way = (timesteps[step - 1] as number) - (timesteps[step] as number);
        expect(value + (timesteps[step - 1] as number)).toBeCloseTo((way * (order - 1)) / 2 / order, 6);
      }),
    );
  });

  test("steps of different lengths count by their length", () => {
    const path = { computed: [0, 1, 2], orders: [1, 1, 3] };
    const decide = meanCache({ path }).start({ steps: 5, timesteps: [1000, 950, 700, 400, 300], branch: "cond" });
    const { weights } = decide({
      ...{ site: {} as never, branch: "cond", step: 3, steps: 5, timestep: 400, guided: true, readings: [] },
      ...{ computed: [2, 1, 0], forced: false, because: () => {} },
    }) as { weights: readonly number[] };
    // Of 600 from step 0 to 3 the steps before take 300, 250 and 50; step 3 goes 100 on.
    for (const [at, wanted] of [1 + 300 / 600 / 6, 250 / 600 / 6, (50 / 600 - 1) / 6].entries())
      expect(weights[at]).toBeCloseTo(wanted, 12);
  });

  test("guidance is applied to what the products are of", () => {
    const seen: number[][] = [];
    const collector = guidedPredictions(3, (step, data) => seen.push([step, ...data]));
    for (const [step, cond, uncond] of [
      [0, 5, 4],
      [1, 2, 6],
    ] as const) {
      collector.observe("cond", step, Float32Array.of(cond));
      collector.observe("uncond", step, Float32Array.of(uncond));
    }
    expect(seen).toEqual([
      [0, 7],
      [1, -6],
    ]);
  });

  test("budgets and paths out of reach are refused in one line", () => {
    const run =
      (options: MeanCacheOptions, steps = 20) =>
      () =>
        meanCachePath(options, leading(steps));
    expect(run({ products }, 12)).toThrow("products is 20; expected those of a run of 12 steps");
    expect(run({ products, budget: 3 })).toThrow("budget is 3; expected a whole number from 4 to 20");
    expect(run({ products, budget: 21 })).toThrow("budget is 21; expected a whole number from 4 to 20");
    expect(run({ products, budget: 9, maxGap: 2 })).toThrow("budget is 9; expected a whole number from 11 to 20");
    expect(run({ path: { computed: [0, 25], orders: [1] } })).toThrow("path is 25; expected computed steps below 20");
    expect(run({ path: { computed: [0, 20], orders: [1] } })).toThrow("path is 20; expected computed steps below 20");
    expect(run({ path: { computed: [0, 19], orders: [1] } })).not.toThrow();
  });

  test.each([
    [{}],
    [{ products: [[1], [1]] }],
    [{ products: [], path: { computed: [], orders: [] } }],
    [{ products, gamma: 0.5 }],
    [{ products, maxOrder: 7 }],
    [{ path: { computed: [1, 2], orders: [] } }],
    [{ path: { computed: [0, 2, 2], orders: [] } }],
    [{ path: { computed: [0, 2], orders: [7] } }],
    [{ products, budget: 0 }],
    [{ products, share: 2 }],
    [{ products, maxGap: 0 }],
    [{ products, maxGap: 1.5 }],
    [{ products, calibratedFor: 1 }],
  ])("%# is refused", (options) => {
    expect(() => meanCache(options as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  test("an option that it does not have is refused, and a share that gives no whole number is rounded up", () => {
    expect(() => meanCache({ products, none: 1 } as never)).toThrow(
      expect.objectContaining({ code: "option-unknown" }),
    );
    expect(mask(meanCache({ products, share: 0.41 }), "guided").replaceAll("0", "")).toHaveLength(9); // of 20 steps
  });

  test("keeps the contract of a method that decides by step", () => {
    expectContract(meanCache({ products }));
  });
});
