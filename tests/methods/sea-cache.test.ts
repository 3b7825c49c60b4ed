import { describe, expect, test } from "vitest";
import { cfgCache } from "../../src/engine/cache/methods/cfg-cache.js";
import { type SeaCacheOptions, seaCache } from "../../src/engine/cache/methods/sea-cache.js";
import { seaMatrix } from "../../src/engine/cache/sea-matrix.js";
import type { CacheMethod } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { uniform } from "../numbers.js";

// One block that doubles: the prediction is 2x, the residual x. Without noise (sigma 0) the filter changes nothing.

const free: SeaCacheOptions = { retentionSteps: 0, cacheEndSteps: 0, maxConsecutiveCached: 0 };
const run = (values: readonly number[], options: SeaCacheOptions, more: object = {}) =>
  runArithmetic({
    model: doublingModel(1),
    methods: [seaCache({ ...free, ...options })],
    latents: values.map((value) => row(value)),
    ...more,
  });
const maskOf = async (values: readonly number[], options: SeaCacheOptions) =>
  (await run(values, options)).sites.find(({ kind }) => kind === "blocks")?.computed;

describe("SeaCache", () => {
  test("adds up the relative changes from step to step until the threshold, which is computed", async () => {
    const values = [8, 10, 12.5, 12.5, 15.625]; // each change a quarter or none
    expect(await maskOf(values, { threshold: 0.25 })).toBe("11101");
    expect(await maskOf(values, { threshold: 0.26 })).toBe("10100");
    expect(await maskOf(values, { threshold: 0.5 })).toBe("10100");
    expect(await maskOf(values, { threshold: 0.51 })).toBe("10001");
  });

  test("order 0 adds the residual of the last computed step again", async () => {
    const { outputs } = await run([8, 9, 10, 11], { threshold: 0.2, residualOrder: 0 });
    expect(outputs).toEqual([[16], [17], [20], [21]]); // 9 + 8; computed; 11 + 10
  });

  test("order 1 carries it on along the line through the last two, over their gap", async () => {
    const { outputs, visits } = await run([8, 9, 10, 11], { threshold: 0.2, residualOrder: 1 });
    expect(outputs).toEqual([[16], [17], [20], [22]]); // of one residual the same; then 11 + (10 + (10 − 8) / 2)
    expect(visits[3]?.decision).toBe("forecast");
  });

  test("guards: first steps, last steps, and estimates in a row", async () => {
    const still = new Array<number>(9).fill(1);
    expect(await maskOf(still, {})).toBe("100000000");
    expect(await maskOf(still, { retentionSteps: 3 })).toBe("111000000");
    expect(await maskOf(still, { cacheEndSteps: 2 })).toBe("100000011");
    expect(await maskOf(still, { maxConsecutiveCached: 3 })).toBe("100010001");
    expect(await maskOf(still, { retentionSteps: 1, cacheEndSteps: 1, maxConsecutiveCached: 2 })).toBe("100100101");
  });

  test("at full noise only the mean counts, at none everything", async () => {
    const latents = [row(1, 2, 3, 4, 0), row(4, 0, 2, 1, 3), row(5, 1, 3, 2, 4)];
    const changes = async (sigma: number) => {
      const model = doublingModel(1, 5);
      const { visits } = await runArithmetic({
        model,
        methods: [seaCache(free)],
        latents,
        sigmas: [sigma, sigma, sigma],
      });
      return visits.slice(1).map(({ readings: [reading] = [] }) => (reading?.change ?? 0) / (reading?.magnitude ?? 0));
    };
    const [shuffled, raised] = (await changes(1)) as [number, number];
    expect(shuffled).toBeLessThan(1e-5);
    expect(raised).toBeCloseTo(0.5, 5);
    expect((await changes(0))[0]).toBeCloseTo(1.2, 5);
  });

  test("its filter keeps what is clean as it is, has a mean gain of 1, and lets less and less through as noise grows", () => {
    const clean = seaMatrix(3, 0, 3);
    for (const [at, value] of [1, 0, 0, 0, 1, 0, 0, 0, 1].entries()) expect(clean[at]).toBeCloseTo(value, 12);
    for (const sigma of [0.1, 0.5, 0.9, 1]) expect(seaMatrix(7, sigma, 3)[0]).toBe(1); // the kernel's value at distance 0
    const sharpest = (sigma: number): number =>
      [1, -1, 1, -1, 1, -1].reduce((sum, value, at) => sum + value * (seaMatrix(6, sigma, 3)[at] as number), 0);
    const gains = [0, 0.1, 0.5, 0.9, 1].map(sharpest);
    expect(gains).toEqual(gains.toSorted((a, b) => b - a));
    expect(gains[4]).toBeLessThan(1e-5);
  });

  test("both branches decide alike, and each keeps its own residuals", async () => {
    const { visits, outputs } = await run(
      [8, 9, 10, 11],
      { threshold: 0.2 },
      {
        guidance: 2,
        text: { cond: row(0), uncond: row(1) },
      },
    );
    const decisions = (branch: string) => visits.filter((one) => one.branch === branch).map(({ decision }) => decision);
    expect(decisions("cond")).toEqual(["compute", "reuse", "compute", "forecast"]);
    expect(decisions("uncond")).toEqual(decisions("cond"));
    expect(outputs[3]).toEqual([2 * 22 - (22 + 1)]);
  });

  test("a branch that was left out of a step computes the next, and extrapolates over no gap", async () => {
    const { visits } = await runArithmetic({
      model: doublingModel(1),
      methods: [cfgCache({ unconditionalBatchSkipRange: 3 }), seaCache({ ...free, threshold: 0.11 })],
      latents: Array.from({ length: 12 }, () => row(8)),
      timesteps: Array.from({ length: 12 }, (_, step) => 990 - 90 * step), // both branches in all of the first steps
      guidance: 2,
      text: { cond: row(0), uncond: row(1) },
    });
    const own = visits.filter(({ method, branch }) => method === "seacache" && branch === "uncond");
    const gaps = own.filter(({ step }, at) => at > 0 && step !== (own[at - 1]?.step ?? 0) + 1);
    expect(gaps.length).toBeGreaterThan(1);
    for (const { decision } of gaps) expect(decision).toBe("compute");
    expect(own.some(({ decision }) => decision === "reuse")).toBe(true);
    expect(own.some(({ decision }) => decision === "forecast")).toBe(false);
  });

  test("threshold 0 is the uncached run, bit for bit", async () => {
    const latents = [row(0.1), row(0.1), row(0.3)];
    const plain = await runArithmetic({ model: doublingModel(1), methods: [], latents });
    const cached = await runArithmetic({ model: doublingModel(1), methods: [seaCache({ threshold: 0 })], latents });
    expect(cached.outputs).toEqual(plain.outputs);
    expect(cached.bytesAfter).toBe(0);
  });

  test("a filter on what lies inside the network is refused", async () => {
    const method: CacheMethod = {
      ...seaCache(),
      probes: () => [{ tap: "hidden.1", since: "last-step", filter: { powerExp: 3 } }],
    };
    await expect(
      runArithmetic({ model: doublingModel(1), methods: [method], latents: [row(1)] }),
    ).rejects.toMatchObject({
      code: "site-missing",
    });
  });

  test.each([
    [{ threshold: -1 }],
    [{ residualOrder: 2 }],
    [{ retentionSteps: -1 }],
    [{ cacheEndSteps: 0.5 }],
    [{ maxConsecutiveCached: -1 }],
    [{ powerExp: 0 }],
  ])("%j is refused", (options) => {
    expect(() => seaCache(options)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});

/** The gate of diffusers' hook for one context, in plain numbers; an unfiltered indicator. */
const port = (xs: readonly (readonly number[])[], options: Required<SeaCacheOptions>): string => {
  const { threshold, retentionSteps, cacheEndSteps, maxConsecutiveCached } = options;
  let [sum, consecutive, mask] = [0, 0, ""];
  for (const [step, x] of xs.entries()) {
    const before = xs[step - 1];
    const limit = maxConsecutiveCached > 0 && consecutive >= maxConsecutiveCached;
    let full = step < retentionSteps || step >= xs.length - cacheEndSteps || !before || limit;
    if (!full && before) {
      const change = x.reduce((total, value, at) => total + Math.abs(value - (before[at] as number)), 0);
      sum += change / before.reduce((total, value) => total + Math.abs(value), 0);
      full = sum >= threshold;
    }
    if (full) [sum, consecutive] = [0, 0];
    else consecutive += 1;
    mask += full ? "1" : "0";
  }
  return mask;
};

describe("against diffusers' gate", () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))("random latents, seed %i", async (seed) => {
    const random = uniform(seed);
    let x = Array.from({ length: 4 }, () => 2 * random() - 1);
    const latents = Array.from({ length: 14 }, () => {
      x = x.map((value) => Math.fround(value + 0.3 * (random() - 0.5)));
      return x;
    });
    const options: Required<SeaCacheOptions> = {
      threshold: 0.1 + 0.6 * random(),
      residualOrder: Math.floor(2 * random()),
      retentionSteps: Math.floor(4 * random()),
      cacheEndSteps: Math.floor(4 * random()),
      maxConsecutiveCached: Math.floor(4 * random()),
      powerExp: 3,
    };
    const { sites } = await runArithmetic({
      model: doublingModel(1, 4),
      methods: [seaCache(options)],
      latents: latents.map((one) => row(...one)),
    });
    const expected = port(latents, options);
    expect(expected).toContain("0");
    expect(sites.find(({ kind }) => kind === "blocks")?.computed).toBe(expected);
  });
});
