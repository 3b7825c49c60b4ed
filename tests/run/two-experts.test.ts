import { describe, expect, test } from "vitest";
import { type MethodName, methodFromName } from "../../src/engine/cache/methods/index.js";
import type { CacheMethod } from "../../src/engine/method.js";
import { type ArithmeticRun, doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { jumpErrors } from "../jump-errors.js";
import { smoothProducts } from "../smooth-products.js";

// A model of two experts (Wan 2.2) is two networks, each with its own part of the timesteps. One method serves both: what
// it keeps and counts belongs to a run of one network (diffusers' issue 14025 is what happens where it does not).

const errors = { "spatial-attention": [[0.1, 0.1, 0.1, 0.1, 0.1]] };
/** Settings that reuse in a few steps, without the numbers of a calibration where those are of one number of steps. */
const settings: Readonly<Record<Exclude<MethodName, "textkv">, object>> = {
  adacache: { codebook: [[99, 2]], lastSteps: 0 },
  cfgcache: { unconditionalBatchSkipRange: 2, unconditionalBatchTimestepSkipRange: [-1, 1001] },
  dbcache: { residualDiffThreshold: 9, maxWarmupSteps: 1 },
  dbprune: { residualDiffThreshold: 9, maxWarmupSteps: 1 },
  dicache: { relL1Thresh: 9 },
  dpcache: { errors: jumpErrors(6), share: 0.5 },
  easycache: { threshold: 9, retSteps: 1 },
  fastercache: {
    spatialAttentionTimestepSkipRange: [-1, 1001],
    unconditionalBatchTimestepSkipRange: [-1, 1001],
    unconditionalBatchSkipRange: 2,
  },
  firstblockcache: { threshold: 9 },
  fora: { interval: 3 },
  lazycache: { threshold: 9, retSteps: 1 },
  magcache: { magRatios: [1, 0.99, 0.98], threshold: 9 },
  mask: { every: 3 },
  meancache: { products: smoothProducts(6) },
  pab: { spatialAttentionBlockSkipRange: 3, spatialAttentionTimestepSkipRange: [0, 1001] },
  seacache: { threshold: 9 },
  sencache: { epsilon: 1e6 },
  smoothcache: { errors, alpha: 9 },
  speca: { firstEnhance: 1, minTaylorSteps: 1 },
  spectrum: { warmup: 2 },
  taylorseer: { cacheInterval: 2, disableCacheBeforeStep: 1 },
  teacache: { coefficients: [1, 0], relL1Thresh: 9 },
};
const names = Object.keys(settings) as (keyof typeof settings)[]; // textkv has no text attention here

const watch = (method: CacheMethod, turns: (number | undefined)[]): CacheMethod => ({
  ...method,
  ...(method.parts ? { parts: method.parts.map((part) => watch(part, turns)) } : {}),
  start(facts) {
    const decide = method.start(facts);
    return (visit) => {
      turns.push(facts.timesteps[0]);
      return decide(visit);
    };
  },
});

const run = (depth: number, steps: number, first: number): Omit<ArithmeticRun, "methods"> => ({
  model: doublingModel(depth),
  latents: Array.from({ length: steps }, (_, step) => row(10 + step * step + depth)),
  timesteps: Array.from({ length: steps }, (_, step) => first - 50 * step),
  guidance: 2,
  text: { cond: row(1), uncond: row(2) },
});

describe("two experts under one method", () => {
  test.each(names)("%s decides and keeps for each as if it were alone, step by step in turn", async (name) => {
    const method = methodFromName(name, settings[name]);
    const high = run(2, 6, 950);
    const low = run(3, ["dpcache", "meancache", "smoothcache"].includes(name) ? 6 : 4, 500); // its numbers are of six steps
    const alone = [
      await runArithmetic({ ...high, methods: [method] }),
      await runArithmetic({ ...low, methods: [method] }),
    ];
    const turns: (number | undefined)[] = [];
    const methods = [watch(method, turns)];
    const together = await Promise.all([runArithmetic({ ...high, methods }), runArithmetic({ ...low, methods })]);
    const decided = ({ outputs, sites, visits, cacheBytes }: Awaited<ReturnType<typeof runArithmetic>>) => ({
      ...{ outputs, sites, visits, cacheBytes },
    });
    expect(together.map(decided)).toEqual(alone.map(decided));
    for (const { visits } of together) expect(visits.some(({ decision }) => decision !== "compute")).toBe(true);
    expect(turns.filter((expert, at) => at > 0 && expert !== turns[at - 1]).length).toBeGreaterThan(3);
  });
});
