import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MethodName, methodFromName, methods } from "../../src/engine/cache/methods/index.js";
import type { Calibration } from "../../src/engine/calibrate/calibration.js";
import type { Engine, GenerateOptions } from "../../src/engine/engine.js";
import { EngineError } from "../../src/engine/errors.js";
import { randn } from "../../src/engine/random.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { readFixture } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";
import { strong } from "../strong.js";

// What every method owes on every architecture, whatever it decides.

const names = Object.keys(methods) as MethodName[];

/** Settings that compute everything, for the methods that have such. */
const none: Partial<Record<MethodName, object>> = {
  adacache: { codebook: [[1, 1]] },
  cfgcache: { unconditionalBatchSkipRange: 1 },
  dbcache: { residualDiffThreshold: 0 },
  dbprune: { residualDiffThreshold: 0 },
  dicache: { relL1Thresh: 0 },
  dpcache: { share: 1 },
  easycache: { threshold: 0 },
  fastercache: { spatialAttentionBlockSkipRange: 1, unconditionalBatchSkipRange: 1 },
  fora: { interval: 1 },
  lazycache: { threshold: 0 },
  magcache: { maxSkipSteps: 0 },
  meancache: { share: 1 },
  pab: { spatialAttentionBlockSkipRange: 1 },
  seacache: { threshold: 0 },
  sencache: { maxReuse: 0 },
  smoothcache: { alpha: 0 },
  speca: { maxTaylorSteps: 0 },
  spectrum: { window: 1, flex: 0 },
  mask: { every: 1 },
  taylorseer: { cacheInterval: 1 },
  teacache: { relL1Thresh: 0 },
};

describe.each(smallModels)("every method on $name", (model) => {
  const { name, scheduler, refused } = model;
  const fixture = readFixture(name);
  const request = recordedRequest(model, fixture.tensor, 8);
  let engine: Engine;
  let calibration: Calibration;
  let plain: Float32Array;
  beforeAll(async () => {
    engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler: fixture.scheduler(scheduler) });
    calibration = await engine.calibrate(request);
    plain = (await engine.generate(request)).clip.data;
  });
  afterAll(() => engine.dispose());

  const make = (method: MethodName, options: object = {}) =>
    methodFromName(method, { ...calibration[method as "magcache"], ...options });
  const acting = names.filter((one) => !(refused as readonly string[]).includes(one));

  test.each(refused.map((one) => [one]))("%s finds no place here and says so by name", async (method) => {
    const error = await engine.generate({ ...request, cache: [make(method)] }).catch((caught) => caught);
    expect(error).toBeInstanceOf(EngineError);
    expect(error.code).toBe("site-missing");
    expect(error.message).toContain(method);
  });

  test.each(acting)("%s: a stopped run leaves nothing behind, and a repeated one decides the same", async (method) => {
    const cache = [make(method, strong[method])];
    const fresh = await engine.generate({ ...request, cache });
    const controller = new AbortController();
    const stopped = engine.generate({
      ...request,
      cache,
      signal: controller.signal,
      onProgress: (progress) => progress.phase === "step" && progress.step === 4 && controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "stopped" });
    const again = await engine.generate({ ...request, cache });
    expect(again.clip.data).toEqual(fresh.clip.data);
    expect(again.trace.sites).toEqual(fresh.trace.sites);
    expect(fresh.trace.totals.bytes.now.cache).toBe(0);
    expect(fresh.trace.totals.bytes.peak.cache).toBeGreaterThan(0);
    expect(fresh.trace.visits.some(({ decision }) => decision !== "compute")).toBe(true);
  });

  test.each(acting)(
    "%s: a run of another size, text and number of steps in between leaves nothing behind",
    async (method) => {
      const cache = [make(method, strong[method])];
      const { noise, cond, uncond } = request.inputs as NonNullable<GenerateOptions["inputs"]>;
      const halved = noise.dims.with(-1, (noise.dims.at(-1) as number) / 2);
      const text = { dims: (cond.text as Tensor).dims, data: (cond.text as Tensor).data.map((one) => -one) };
      const inputs = { noise: randn(1, halved), cond: { ...cond, text }, ...(uncond ? { uncond } : {}) };
      // The numbers of a calibration are of one number of steps.
      const other = { ...request, inputs, ...(cache[0]?.calibratedFor ? {} : { steps: 5 }), cache };
      const run = async (asked: GenerateOptions) => {
        const { clip, trace } = await engine.generate(asked);
        return { data: clip.data, sites: trace.sites, stepCacheBytes: trace.stepCacheBytes };
      };
      const [first, between] = [await run({ ...request, cache }), await run(other)];
      expect(await run({ ...request, cache })).toEqual(first);
      expect(await run(other)).toEqual(between);
      expect(between.data.length).toBe(first.data.length / 2);
    },
  );

  test.each(acting.filter((one) => one in none))(
    "%s set to compute everything is the uncached run, bit for bit",
    async (method) => {
      const { clip, trace } = await engine.generate({ ...request, cache: [make(method, none[method])] });
      expect(trace.visits.every(({ decision }) => decision === "compute")).toBe(true);
      expect(clip.data).toEqual(plain);
    },
  );

  test.each(acting)("%s under a guard of no estimates is the uncached run", async (method) => {
    const { clip } = await engine.generate({ ...request, cache: [make(method, { guards: { maxConsecutive: 0 } })] });
    expect(clip.data).toEqual(plain);
  });
});
