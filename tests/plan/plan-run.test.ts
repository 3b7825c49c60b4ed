import { describe, expect, test } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { modelCard } from "../../src/engine/cards/index.js";
import { type CacheMethod, compute, reuse } from "../../src/engine/method.js";
import { expectedSpeedUp, expectedTime } from "../../src/engine/plan/expected-time.js";
import { gpuOf } from "../../src/engine/plan/gpus.js";
import { diffusersCacheBytes } from "../../src/engine/plan/in-diffusers.js";
import { memoryOf } from "../../src/engine/plan/memory-of.js";
import { type PlanRequest, planRun } from "../../src/engine/plan/plan-run.js";
import { recordedShare, recordedShares } from "../../src/engine/plan/recorded-shares.js";
import { sharesToPlan, usualShare } from "../../src/engine/plan/shares-to-plan.js";
import { engineError } from "../error.js";

const plan = (name: string, method?: string, options: object = {}, more: Partial<PlanRequest> = {}) =>
  planRun({ card: modelCard(name), methods: method ? [methodFromName(method, options)] : [], ...more });

/** One hidden tensor of FLUX.1-dev at 1024²: image and text rows of 3072 16-bit numbers. */
const fluxTensor = (4096 + 512) * 3072 * 2;

describe("what is computed", () => {
  test("an uncached run is the pass, branches and steps", () => {
    const uncached = plan("FLUX.1-dev");
    expect(uncached).toMatchObject({ computedShare: 1, idealSpeedUp: 1, cacheBytes: 0, branches: 1, steps: 28 });
    expect(uncached.flopsPerPass).toBeCloseTo(74.384653418496e12, -3);
    expect(uncached.kinds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(plan("Wan2.1-14B").branches).toBe(2);
    expect(plan("Wan2.1-14B", undefined, {}, { guidance: 1 }).branches).toBe(1);
  });

  test("sites have diffusers' module paths, and a 1 per computed step", () => {
    const { sites } = plan(
      "Wan2.1-1.3B",
      "pab",
      { spatialAttentionBlockSkipRange: 2 },
      { timesteps: [900, 700, 500, 300] },
    );
    expect(sites.slice(0, 3).map(({ site, computed }) => [site, computed])).toEqual([
      ["blocks.0.attn1", "1010"],
      ["blocks.0.attn2", "1111"],
      ["blocks.0.ffn", "1111"],
    ]);
    expect(plan("FLUX.1-dev").sites.map(({ site }) => site)).toContain("single_transformer_blocks.37.proj_mlp");
  });

  test("a cached step of the whole stack costs what lies outside the blocks", () => {
    const half = plan("FLUX.1-dev", "mask", { every: 2 }, { steps: 4 });
    const outside = half.kinds.filter(({ kind }) => kind === "embed" || kind === "head");
    const left = outside.reduce((sum, { share }) => sum + share, 0);
    expect(half.stepShares).toEqual([1, expect.closeTo(left, 12), 1, 1]);
    expect(half.computedShare).toBeCloseTo((3 + left) / 4, 12);
  });

  test("the first block of DBCache always runs", () => {
    const one = plan("FLUX.1-dev", "dbcache", {}, { steps: 50, shares: { dbcache: 27.28 / 50 } });
    expect(one.idealSpeedUp).toBeCloseTo(2.1548, 3); // cache-dit's bench, F1B0 W4 MC0 R0.08
    expect(one.decidedBy).toEqual({ dbcache: "share" });
  });

  test("the share that is skipped of a kind is taken from that kind alone", () => {
    const { kinds, computedShare } = plan("CogVideoX-5b", "pab");
    const skipped = Object.fromEntries(kinds.map((one) => [one.kind, one.skipped]));
    expect(skipped["feed-forward"]).toBe(0);
    expect(skipped["joint-attention"]).toBeCloseTo(1 - computedShare, 12);
  });

  test("two experts begin anew, each with its own steps", () => {
    const mask = plan("Wan2.2-A14B", "magcache", { magRatios: [1], threshold: 9, maxSkipSteps: 100 });
    expect(mask.expertSwitch).toBe(26);
    expect(mask.sites.at(-1)?.computed).toBe(`${"1".repeat(5)}${"0".repeat(21)}${"1".repeat(3)}${"0".repeat(11)}`);
    expect(mask.weightsBytes).toBe(2 * 2 * 14288491584);
  });

  test("a pipeline that guides by four passes runs and keeps them all", () => {
    const every = plan("LTX-2", "mask", { every: 2 }, { steps: 4 });
    expect(every).toMatchObject({ branches: 2, passes: 4 });
    expect(every.kinds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(every.stepShares[0]).toBeCloseTo(1, 12);
    expect(every.cacheBytes).toBe(4 * (6144 * 4096 + 126 * 2048) * 2);
    expect(plan("LTX-2", undefined, {}, { guidance: 1 }).passes).toBe(1);
    const half = plan("LTX-2", "cfgcache", {}, { steps: 30 });
    expect(half.computedShare).toBeGreaterThan(3 / 4); // only one of four passes can be left out
  });

  test("a method of the reader's own is planned like any other", () => {
    const own: CacheMethod = {
      name: "own",
      options: {},
      sites: (model) => model.all("feed-forward"),
      start:
        () =>
        ({ step }) =>
          step % 2 === 0 ? compute : reuse,
    };
    const half = planRun({ card: modelCard("Qwen-Image"), steps: 2, methods: [own] });
    expect(half.computedShare).toBeCloseTo(1 - 0.483989242473485 / 2, 6);
  });

  test("a method that decides by data needs a share or readings, and an impossible share is refused", () => {
    engineError("needs-readings", () => plan("FLUX.1-dev", "firstblockcache"));
    engineError("option-invalid", () => plan("FLUX.1-dev", "easycache", {}, { shares: { easycache: 2 } }));
    engineError("site-missing", () => plan("FLUX.1-dev", "textkv"));
    expect(plan("FLUX.1-dev", "easycache", {}, { shares: { easycache: 1 } }).computedShare).toBeCloseTo(1 / 28, 6);
  });
});

describe("recorded shares", () => {
  const options = { fnComputeBlocks: 1, maxWarmupSteps: 4, maxContinuousCachedSteps: 3, residualDiffThreshold: 0.12 };

  test("a published run's share is taken where model and settings are its own, and is named", () => {
    const found = plan("FLUX.1-dev", "dbcache", options, { steps: 50 });
    expect(found.decidedBy).toEqual({ dbcache: "recorded" });
    expect(found.recordedShares).toEqual([expect.objectContaining({ share: 0.6198, steps: 50 })]);
    const same = plan("FLUX.1-dev", "dbcache", options, { steps: 50, shares: { dbcache: 0.6198 } });
    expect(same.decidedBy).toEqual({ dbcache: "share" });
    expect(same.recordedShares).toBeUndefined();
    expect(found.idealSpeedUp).toBe(same.idealSpeedUp);
  });

  test("other settings or another model have none", () => {
    engineError("needs-readings", () => plan("FLUX.1-dev", "dbcache", { ...options, residualDiffThreshold: 0.13 }));
    engineError("needs-readings", () => plan("Qwen-Image", "dbcache", options));
  });

  test("a share that is asked for goes before a published run's, and a half stands in for both", () => {
    const run = { card: modelCard("FLUX.1-dev"), steps: 50 };
    expect(sharesToPlan("dbcache", options, run)).toEqual({});
    expect(sharesToPlan("dbcache", options, { ...run, share: 0.3 })).toEqual({ dbcache: 0.3 });
    expect(sharesToPlan("dbcache", { ...options, residualDiffThreshold: 0.13 }, run)).toEqual({ dbcache: usualShare });
    expect(sharesToPlan("magcache", {}, run)).toEqual({ magcache: usualShare });
    expect(sharesToPlan("fora", {}, { ...run, share: 0.3 })).toEqual({});
    engineError("input-invalid", () => sharesToPlan("dbcache", options, { ...run, share: 1.5 }));
  });

  test("every record has a card, options that its method knows, and an address", () => {
    for (const { card, method, options: said, share, source } of recordedShares) {
      expect(modelCard(card).name).toBe(card);
      expect(share, source).toBeGreaterThan(0.1);
      expect(share, source).toBeLessThan(0.9);
      expect(source).toMatch(/^https:/);
      const filled = method === "teacache" ? { coefficients: [1, 0], ...said } : said;
      expect(recordedShare(card, methodFromName(method, filled), 50)?.method).toBe(method);
    }
  });
});

describe("what is kept", () => {
  test.each([
    ["magcache", { magRatios: [1] }, 1],
    ["pab", {}, 57],
    ["taylorseer", { maxOrder: 1 }, 2 * 57],
  ])("%s", (method, options, tensors) => {
    expect(plan("FLUX.1-dev", method, options).cacheBytes).toBe(tensors * fluxTensor);
  });

  test("FirstBlockCache keeps its residual and the probe's", () => {
    const first = plan("FLUX.1-dev", "firstblockcache", {}, { shares: { firstblockcache: 0.5 } });
    expect(first.cacheBytes).toBe(2 * fluxTensor);
    expect(diffusersCacheBytes(first, [methodFromName("firstblockcache")])).toBe((3 * 4096 + 2 * 512) * 3072 * 2);
  });

  test("PAB's hook keeps one output for both calls of a step, where a pipeline has two", () => {
    const options = { spatialAttentionBlockSkipRange: 2 };
    const kept = (name: string) => {
      const made = plan(name, "pab", options);
      return [made.cacheBytes, diffusersCacheBytes(made, [methodFromName("pab", options)])];
    };
    const output = 21 * 45 * 80 * 5120 * 2; // 81 frames of 1280 × 720
    expect(kept("Wan2.1-14B")).toEqual([2 * 40 * output, 40 * output]);
    expect(kept("CogVideoX-5b")[1]).toBeUndefined(); // one call of both branches
  });

  test("modules that authors cut as one keep what they write, not their hidden layer", () => {
    expect(plan("FLUX.1-dev", "fora").cacheBytes).toBe((2 * 19 + 5 * 38) * fluxTensor);
    expect(plan("FLUX.1-dev", "fora", {}, { modules: "whole" }).cacheBytes).toBe((2 * 19 + 2 * 38) * fluxTensor);
  });

  test("FasterCache keeps two outputs of the conditional branch, and the gap in two bands", () => {
    const latte = plan("Latte-1", "fastercache", { temporalAttentionBlockSkipRange: 2 });
    const output = 16_384 * 1152 * 2;
    expect(latte.sites.find(({ site }) => site === "transformer_blocks.0.attn1")?.bytes).toBe(2 * output);
    expect(latte.sites.find(({ site }) => site === "uncond")?.bytes).toBe(2 * 16_384 * 32 * 2);
    expect((diffusersCacheBytes(latte, [methodFromName("fastercache")]) ?? 0) / 2 ** 30).toBeCloseTo(7.875, 1);
  });

  test("fp32 and clips double what is kept, four-bit weights do not shrink it", () => {
    const bytes = plan("FLUX.1-dev", "pab").cacheBytes;
    expect(plan("FLUX.1-dev", "pab", {}, { dtype: "fp32" }).cacheBytes).toBe(2 * bytes);
    expect(plan("FLUX.1-dev", "pab", {}, { clips: 2 }).cacheBytes).toBe(2 * bytes);
    expect(plan("FLUX.1-dev", "pab", {}, { dtype: "nf4" }).cacheBytes).toBe(bytes);
  });

  test("what does not fit is short by the difference", () => {
    const memory = memoryOf({ weightsBytes: 20 * 2 ** 30, cacheBytes: 10 * 2 ** 30, hiddenBytes: 2 ** 28 }, 24);
    expect(memory.fits).toBe("no");
    expect(memory.shortBytes[0]).toBe(6 * 2 ** 30 + 15 * 2 ** 28);
    expect(memoryOf({ weightsBytes: 0, cacheBytes: 0, hiddenBytes: 2 ** 30 }, 24).fits).toBe("maybe");
  });
});

describe("time", () => {
  test("half of the steps skipped gain less than twice, by what a cached step costs", () => {
    const [low, high] = expectedSpeedUp({ stepShares: [1, 0] });
    expect(low).toBeCloseTo(1 / 0.55, 12);
    expect(high).toBeCloseTo(1 / 0.51, 12);
  });

  test("one uncached time gives the cached one as a band", () => {
    const time = expectedTime(plan("FLUX.1-dev", "mask", { every: 2 }), { seconds: 100 });
    expect(time).toMatchObject({ basis: "typed", uncached: [100, 100] });
    expect(time.cached[0]).toBeLessThan(time.cached[1]);
  });

  test("a GPU without published runs gives a lower bound and no upper one", () => {
    const time = expectedTime(plan("FLUX.1-dev"), { gpu: gpuOf("rtx 5090") });
    expect(time.basis).toBe("bound");
    expect(time.uncached[1]).toBe(Number.POSITIVE_INFINITY);
    engineError("input-invalid", () => gpuOf("RTX 1"));
  });
});
