import { describe, expect, test } from "vitest";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { cfgCache } from "../../src/engine/cache/methods/cfg-cache.js";
import { fasterCache } from "../../src/engine/cache/methods/faster-cache.js";
import type { CacheMethod } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { expectContract, leading, maskOf } from "../contract.js";

// The guidance half of arXiv:2410.19355. Masks of diffusers' hook with its defaults: 2 is a full batch, 1 half of it.

const plan = (method: CacheMethod, steps: number) => dryRun({ methods: [method], timesteps: leading(steps) });

describe("CFG-Cache", () => {
  test.each([
    [20, "22222221112111121111"],
    [50, "22222222222222222211211112111121111211112111121111"],
  ])("%i steps: the passes of diffusers' hook, and every conditional one", (steps, batch) => {
    const planned = plan(cfgCache(), steps);
    expect(maskOf(planned, "uncond")).toBe(batch.replaceAll("1", "0").replaceAll("2", "1"));
    for (const kind of ["spatial-attention", "feed-forward"] as const)
      expect(maskOf(planned, kind)).toBe("1".repeat(steps));
  });

  test("is what FasterCache is without its attention", () => {
    const half = fasterCache({ spatialAttentionBlockSkipRange: null, temporalAttentionBlockSkipRange: null });
    expect(plan(half, 20)).toEqual(plan(cfgCache(), 20));
  });

  /** Predictions 2x + text: cond [2, 2] and uncond [3, 5] in every step, so the gap [1, 3] has the mean 2 as its low band. */
  const guidedRun = (method: CacheMethod, steps: number) =>
    runArithmetic({
      model: doublingModel(1, 2),
      methods: [method],
      latents: Array.from({ length: steps }, () => row(1, 1)),
      guidance: 2,
      text: { cond: row(0, 0), uncond: row(1, 3) },
    });
  const always = { unconditionalBatchTimestepSkipRange: [-1, 1001] } as const;

  test("with factors of 1 the gap of the last full step is added as it was", async () => {
    const { outputs } = await guidedRun(cfgCache({ ...always, alphaLowFrequency: 1, alphaHighFrequency: 1 }), 4);
    for (const output of outputs) expect(output).toEqual([1, -1]); // 2 · cond − uncond
  });

  test("factors weigh the bands apart, compound, and start afresh at a full step", async () => {
    const method = cfgCache({
      ...always,
      unconditionalBatchSkipRange: 3,
      lowFrequencyWeightUpdateTimestepRange: [-1, 1001],
      highFrequencyWeightUpdateTimestepRange: [-1, 301],
      alphaLowFrequency: 2,
      alphaHighFrequency: 3, // its window is not reached
    });
    const { outputs, visits, bytesAfter } = await guidedRun(method, 5);
    const rounded = outputs.map((output) => output.map((value) => Math.round(value * 1e4) / 1e4));
    // Gaps 2 ∓ 1, then 4 ∓ 1 and 8 ∓ 1; a full step; 4 ∓ 1 again.
    expect(rounded).toEqual([
      [1, -1],
      [-1, -3],
      [-5, -7],
      [1, -1],
      [-1, -3],
    ]);
    expect(visits.map(({ decision }) => decision)).toEqual(["compute", "forecast", "forecast", "compute", "forecast"]);
    expect(bytesAfter).toBe(0);
  });

  test("keeps two predictions, and nothing before the first full step", async () => {
    const { cacheBytes } = await guidedRun(cfgCache(always), 3);
    expect(cacheBytes).toEqual([16, 16, 16]); // 2 bands of 2 numbers of 4 bytes
  });

  test("is refused in a run without guidance", async () => {
    const run = runArithmetic({ model: doublingModel(1), methods: [cfgCache()], latents: [row(1)] });
    await expect(run).rejects.toMatchObject({ code: "site-missing", message: expect.stringContaining("guidance 1") });
  });

  test("keeps the contract", () => expectContract(cfgCache()));

  test.each([
    [{ unconditionalBatchSkipRange: 0 }],
    [{ unconditionalBatchTimestepSkipRange: ["641", -1] }],
    [{ alphaLowFrequency: Number.NaN }],
    [{ highFrequencyWeightUpdateTimestepRange: [301] }],
  ])("%j is refused", (options) => {
    expect(() => cfgCache(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
  test("an option of the attention half is unknown here", () => {
    expect(() => cfgCache({ attentionWeight: 0.5 } as object)).toThrow(
      expect.objectContaining({ code: "option-unknown" }),
    );
  });
});
