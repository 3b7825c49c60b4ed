import { describe, expect, test } from "vitest";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { cfgCache } from "../../src/engine/cache/methods/cfg-cache.js";
import { fasterCache } from "../../src/engine/cache/methods/faster-cache.js";
import type { CacheMethod } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { expectContract, leading, maskOf } from "../contract.js";

// arXiv:2410.19355. Masks of diffusers' hooks with their defaults.

const plan = (method: CacheMethod, steps: number, guided = true) =>
  dryRun({ methods: [method], timesteps: leading(steps), guided });

describe("FasterCache", () => {
  test("20 steps: attention rests only where the unconditional branch does", () => {
    const planned = plan(fasterCache(), 20);
    expect(maskOf(planned, "spatial-attention")).toBe("11111110101010111010");
    expect(maskOf(planned, "uncond")).toBe("22222221112111121111".replaceAll("1", "0").replaceAll("2", "1"));
    expect(maskOf(planned, "temporal-attention")).toBe("1".repeat(20));
  });

  test("50 steps", () => {
    const planned = plan(fasterCache(), 50);
    expect(maskOf(planned, "spatial-attention")).toBe("11111111111111111110101011101010101110101010111010");
    const batch = "22222222222222222211211112111121111211112111121111";
    expect(maskOf(planned, "uncond")).toBe(batch.replaceAll("1", "0").replaceAll("2", "1"));
  });

  test("guidance-distilled: one branch, attention rests by the interval alone", () => {
    const planned = plan(fasterCache({ isGuidanceDistilled: true }), 20, false);
    expect(maskOf(planned, "spatial-attention")).toBe("11111110101010101010");
  });

  test("a forecast carries the last change on, and feeds on the forecasts before it", async () => {
    const method = fasterCache({
      isGuidanceDistilled: true,
      spatialAttentionBlockSkipRange: 100,
      spatialAttentionTimestepSkipRange: [0, 999],
    });
    const latents = [1, 3, 0, 0].map((value) => row(value));
    const { outputs } = await runArithmetic({
      model: doublingModel(1),
      methods: [method],
      latents,
      timesteps: [1000, 999, 998, 997],
    });
    expect(outputs.flat()).toEqual([2, 6, 4, 4.5]); // 3 + ½·2, then 4 + ½·1
  });

  test("a negative weight draws the forecast back, as diffusers' callback may", async () => {
    const method = fasterCache({
      isGuidanceDistilled: true,
      attentionWeight: -0.5,
      spatialAttentionBlockSkipRange: 100,
      spatialAttentionTimestepSkipRange: [0, 999],
    });
    const latents = [1, 3, 0].map((value) => row(value));
    const timesteps = [1000, 999, 998];
    const { outputs } = await runArithmetic({ model: doublingModel(1), methods: [method], latents, timesteps });
    expect(outputs.flat()).toEqual([2, 6, 2]); // 3 − ½·(3 − 1)
  });

  test("windows of both halves without a timestep are noted", () => {
    const method = fasterCache({
      spatialAttentionTimestepSkipRange: [681, 681],
      lowFrequencyWeightUpdateTimestepRange: [901, 99],
    });
    expect(method.notes?.map((note) => note.replace(/.*, so (\w+) .*/, "$1"))).toEqual([
      "spatialAttentionTimestepSkipRange",
      "lowFrequencyWeightUpdateTimestepRange",
    ]);
    expect(maskOf(plan(method, 20), "spatial-attention")).toBe("1".repeat(20));
  });

  test("without guidance its guidance half has nothing to do, and says so", async () => {
    const run = runArithmetic({ model: doublingModel(1), methods: [fasterCache()], latents: [row(1)] });
    await expect(run).rejects.toMatchObject({ code: "site-missing", message: expect.stringContaining("guidance 1") });
  });

  test("keeps the contract", () => expectContract(fasterCache({ temporalAttentionBlockSkipRange: 2 })));

  test.each([
    [{ attentionWeight: Number.NEGATIVE_INFINITY }],
    [{ unconditionalBatchSkipRange: 0 }],
    [{ tensorFormat: "BSC" }],
    [{ lowFrequencyWeightUpdateTimestepRange: [901] }],
    [{ spatialAttentionBlockSkipRange: null, isGuidanceDistilled: true }],
  ])("%j is refused", (options) => {
    expect(() => fasterCache(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});

describe("CFG-Cache alone", () => {
  test("the factors compound over consecutive estimates and start afresh at a full step", () => {
    const method = cfgCache({
      unconditionalBatchSkipRange: 4,
      unconditionalBatchTimestepSkipRange: [-1, 1001],
      lowFrequencyWeightUpdateTimestepRange: [500, 1001],
      highFrequencyWeightUpdateTimestepRange: [-1, 500],
      alphaLowFrequency: 1.5,
      alphaHighFrequency: 2,
    });
    const decide = method.start({ steps: 8, timesteps: [], branch: "uncond" });
    const at = (step: number, timestep: number) => decide({ step, timestep } as never);
    expect(at(1, 900)).toEqual({ weights: { low: 1.5, high: 1 } });
    expect(at(2, 800)).toEqual({ weights: { low: 2.25, high: 1 } });
    expect(at(3, 400)).toEqual({ weights: { low: 2.25, high: 2 } });
    expect(at(4, 300)).toBe("compute");
    expect(at(5, 200)).toEqual({ weights: { low: 1, high: 2 } });
  });

  test("halves the passes of its window and leaves attention alone", () => {
    const planned = plan(cfgCache({ unconditionalBatchTimestepSkipRange: [-1, 1001] }), 10);
    expect(maskOf(planned, "uncond")).toBe("1000010000");
    expect(maskOf(planned, "spatial-attention")).toBe("1".repeat(10));
  });
});

test("the paper's variant extrapolates from computed outputs only", async () => {
  const run = (variant: "diffusers" | "paper") =>
    runArithmetic({
      model: doublingModel(1),
      methods: [
        fasterCache({
          variant,
          isGuidanceDistilled: true,
          spatialAttentionBlockSkipRange: 4,
          spatialAttentionTimestepSkipRange: [0, 1001 - 2],
          attentionWeight: 1,
        }),
      ],
      latents: [row(1), row(2), row(3), row(4)],
    });
  // Computed at 1 and 2, then forecast: 3 = 2 + (2 − 1); diffusers goes on from that, 4 = 3 + (3 − 2).
  expect((await run("diffusers")).outputs).toEqual([[2], [4], [6], [8]]);
  expect((await run("paper")).outputs).toEqual([[2], [4], [6], [7]]);
});

test("with a single output to go by, attention is reused; both ends of the window are computed", async () => {
  const { outputs, sites } = await runArithmetic({
    model: doublingModel(1),
    methods: [
      fasterCache({
        isGuidanceDistilled: true,
        spatialAttentionBlockSkipRange: 9,
        spatialAttentionTimestepSkipRange: [200, 800],
        attentionWeight: 1,
      }),
    ],
    latents: [row(1), row(2), row(3), row(5), row(6)],
    timesteps: [700, 600, 200, 800, 500],
  });
  expect(sites[0]?.computed).toBe("10110");
  expect(outputs).toEqual([[2], [3], [6], [10], [6 + (2 * 5 - 3)]]);
});

test("distilled, yet run with guidance: attention of both branches is forecast, each from its own", async () => {
  const run = (isGuidanceDistilled: boolean) =>
    runArithmetic({
      model: doublingModel(1),
      methods: [fasterCache({ isGuidanceDistilled, unconditionalBatchSkipRange: 1 })],
      latents: [row(1), row(2), row(5)],
      timesteps: [900, 500, 300],
      guidance: 2,
      text: { uncond: row(1) },
    });
  // As diffusers' hooks do on a batch of two: with `false` every step has two branches, and nothing rests.
  expect((await run(true)).sites[0]?.computed).toBe("101");
  expect((await run(true)).outputs).toEqual([[1], [2 * 3 - 4], [9]]);
  expect((await run(false)).sites[0]?.computed).toBe("111");
});
