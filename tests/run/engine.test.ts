import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { cfgCache } from "../../src/engine/cache/methods/cfg-cache.js";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import { fora } from "../../src/engine/cache/methods/fora.js";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import type { Engine, GenerateOptions, Progress } from "../../src/engine/engine.js";
import { idealSpeedup, profileOf } from "../../src/engine/measure/profile.js";
import { randn } from "../../src/engine/random.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { createWorkerEngine } from "../../src/engine/worker/client.js";
import { readFixture } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";

// What a run promises beyond its numbers, on the small Latte of the golden tests.

const fixture = readFixture("latte-a");
const scheduler = fixture.scheduler("ddim");
const request = (options: GenerateOptions = {}): GenerateOptions => ({
  ...recordedRequest(smallModels[0], fixture.tensor, 8),
  ...options,
});

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler });
});
afterAll(() => engine.dispose());

describe("stopping", () => {
  test("from a timer: a run lets other work of its thread have its turn", async () => {
    const controller = new AbortController();
    const steps: number[] = [];
    const run = engine.generate(
      request({
        steps: 400,
        signal: controller.signal,
        onProgress: (progress) => void (progress.phase === "step" && steps.push(progress.step)),
      }),
    );
    setTimeout(() => controller.abort(), 0);
    await expect(run).rejects.toMatchObject({ code: "stopped" });
    expect(steps.length).toBeLessThan(400);
  });

  test("ends the run with a code, and the next run is as fresh as the first", async () => {
    const fresh = await engine.generate(request({ cache: [fora()] }));
    const controller = new AbortController();
    const steps: number[] = [];
    const stopped = engine.generate(
      request({
        cache: [fora()],
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.phase !== "step") return;
          steps.push(progress.step);
          if (progress.step === 3) controller.abort();
        },
      }),
    );
    await expect(stopped).rejects.toMatchObject({ code: "stopped" });
    expect(steps).toEqual([0, 1, 2, 3]);
    const again = await engine.generate(request({ cache: [fora()] }));
    expect(again.clip.data).toEqual(fresh.clip.data);
    expect(again.trace.sites).toEqual(fresh.trace.sites);
    expect(again.trace.totals.bytes.now.cache).toBe(0);
  });

  test("before it begins, nothing runs", async () => {
    await expect(engine.generate(request({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: "stopped" });
  });
});

test("an interval of 1 gives bit for bit what no cache gives", async () => {
  const plain = await engine.generate(request());
  const kept = await engine.generate(request({ cache: [fora({ interval: 1 })] }));
  expect(kept.clip.data).toEqual(plain.clip.data);
});

test("the window decides, not the step alone: PAB outside its window computes everything", async () => {
  const cache = [pab({ spatialAttentionBlockSkipRange: 2, spatialAttentionTimestepSkipRange: [-2, -1] })];
  const { trace } = await engine.generate(request({ cache }));
  expect(trace.visits.every(({ decision }) => decision === "compute")).toBe(true);
});

test("other sizes than the checkpoint's own: more patches, fewer frames", async () => {
  const inputs = request().inputs as NonNullable<GenerateOptions["inputs"]>;
  const noise = randn(1, [1, 3, 2, 24, 32]);
  const { clip } = await engine.generate(request({ steps: 2, inputs: { ...inputs, noise } }));
  expect(clip.dims).toEqual([1, 3, 2, 24, 32]);
  expect(clip.data.every(Number.isFinite)).toBe(true);
});

test("runs asked for at once are made in order", async () => {
  const order: string[] = [];
  const one = (name: string) => engine.generate(request({ steps: 2 })).then(() => order.push(name));
  await Promise.all([one("a"), one("b"), one("c")]);
  expect(order).toEqual(["a", "b", "c"]);
});

test("progress: graphs compiled, every step once, previews when asked for", async () => {
  const seen: Progress[] = [];
  await engine.generate(
    request({ steps: 4, previewEvery: 2, cache: [fora({ interval: 2 })], onProgress: (one) => seen.push(one) }),
  );
  const steps = seen.flatMap((one) => (one.phase === "step" ? [one] : []));
  expect(steps.map(({ step, preview }) => [step, preview !== undefined])).toEqual([
    [0, false],
    [1, true],
    [2, false],
    [3, true],
  ]); // prettier-ignore
  expect(steps[1]?.preview?.dims).toEqual([1, 3, 4, 16, 16]);
  expect(steps[2]?.decisions.map(({ decision }) => decision)).toEqual(Array(10).fill("reuse"));
  expect(seen.find(({ phase }) => phase === "compile")).toBeDefined();
});

test("progress: a pass without the text that is left out is told of", async () => {
  const seen: Progress[] = [];
  const everySecond = { unconditionalBatchSkipRange: 2, unconditionalBatchTimestepSkipRange: [-1, 1001] as const };
  await engine.generate(request({ steps: 4, cache: [cfgCache(everySecond)], onProgress: (one) => seen.push(one) }));
  const told = seen.flatMap((one) =>
    one.phase === "step" ? one.decisions.filter(({ site }) => site === "uncond") : [],
  );
  expect(told.map(({ decision }) => decision)).toEqual(["compute", "forecast", "compute", "forecast"]);
});

test("the profile names every site, and the ideal speed-up of computing everything is 1", async () => {
  const profile = await engine.profile({ inputs: request().inputs as NonNullable<GenerateOptions["inputs"]> });
  expect(Object.keys(profile.siteMs)).toHaveLength(12); // ten sub-layers, and the text of two
  expect(profile.blockMs).toHaveLength(4);
  const { trace } = await engine.generate(request({ cache: [fora({ interval: 1 })] }));
  expect(idealSpeedup(trace, profile)).toBe(1);
  const cached = await engine.generate(request({ cache: [fora({ interval: 4 })] }));
  expect(idealSpeedup(cached.trace, profile)).toBeGreaterThan(1);
});

test("the pieces of a profile are the pass together, and what a step takes beside it is no piece", () => {
  const parts = (ms: number) => ({ stepMs: [99, ms], runMs: [] });
  const sites = latteSites(1); // five sub-layers, five merges and a text
  const cut = [1, 3, 1, 1, 2, 1, 4, 1, 3, 1, 3]; // of which each call takes one
  const both = (pass: readonly number[]) => [...pass.map(() => 99), ...pass.map((ms) => ms)];
  const profile = profileOf({ ...parts(12), runMs: both([10]) }, { ...parts(0), runMs: both(cut) }, sites, 1);
  expect(profile.passMs).toBe(10);
  expect(profile.outsideMs).toBe(2);
  expect(profile.blockMs.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(10, 9);
  expect(Object.keys(profile.siteMs)).toHaveLength(6);
});

test("the time that probes take is in the trace, step by step", async () => {
  const probed = await engine.generate(request({ cache: [firstBlockCache({ threshold: 0.3 })] }));
  const { stepMs, stepProbeMs = [] } = probed.trace;
  expect(stepProbeMs).toHaveLength(8);
  expect(stepProbeMs[0]).toBe(0); // nothing older to compare with
  for (const [step, ms] of stepProbeMs.entries()) {
    if (step > 0) expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThanOrEqual(stepMs[step] as number);
  }
  const unprobed = await engine.generate(request({ cache: [fora()] }));
  expect(unprobed.trace.stepProbeMs).toEqual(Array(8).fill(0));
});

describe("bad input is refused with what to do", () => {
  const inputs = request().inputs as NonNullable<GenerateOptions["inputs"]>;
  const noise = (dims: readonly number[]) => randn(0, dims);
  test.each<[string, GenerateOptions, string]>([
    ["zero steps", request({ steps: 0 }), "input-invalid"],
    ["guidance that is no number", request({ guidance: Number.NaN }), "input-invalid"],
    [
      "guidance without unconditional input",
      request({ inputs: { noise: inputs.noise, cond: inputs.cond } }),
      "input-invalid",
    ],
    ["noise of the wrong rank", request({ inputs: { ...inputs, noise: noise([3, 16, 16]) } }), "input-invalid"],
    [
      "noise of the wrong channels",
      request({ inputs: { ...inputs, noise: noise([1, 4, 4, 16, 16]) } }),
      "input-invalid",
    ],
    [
      "a frame that patches do not fill",
      request({ inputs: { ...inputs, noise: noise([1, 3, 4, 18, 16]) } }),
      "input-invalid",
    ],
    [
      "more frames than the model has",
      request({ inputs: { ...inputs, noise: noise([1, 3, 5, 16, 16]) } }),
      "input-invalid",
    ],
    ["text of another width", request({ inputs: { ...inputs, cond: { text: noise([1, 5, 7]) } } }), "input-invalid"],
    ["a cache that is no list", request({ cache: fora() as never }), "input-invalid"],
    ["a cache of names", request({ cache: ["fora"] as never }), "option-invalid"],
    ["a prompt that is no text", { prompt: 3 as never }, "input-invalid"],
    ["a preview at every half step", request({ previewEvery: 0.5 }), "input-invalid"],
    ["a signal that is none", request({ signal: {} as never }), "input-invalid"],
    ["inputs without conditions", request({ inputs: { noise: inputs.noise } as never }), "input-invalid"],
    [
      "a tensor of other numbers than its dims say",
      request({ inputs: { ...inputs, noise: { ...inputs.noise, data: new Float32Array(3) } } }),
      "input-invalid",
    ],
    [
      "an answer that is no decision",
      request({ cache: [{ ...fora(), start: () => () => undefined as never }] }),
      "option-invalid",
    ],
    [
      "more weights than features",
      request({ cache: [{ ...fora(), start: () => () => ({ weights: [1, 1] }) }] }),
      "option-invalid",
    ],
    ["a history of nothing", request({ cache: [{ ...fora(), history: 0 }] }), "option-invalid"],
    [
      "a probe of no older self",
      request({ cache: [{ ...firstBlockCache(), probes: () => [{ tap: "latents", since: "ever" as never }] }] }),
      "option-invalid",
    ],
    ["sites of no model", request({ cache: [{ ...fora(), sites: () => [{ id: "x" }] as never }] }), "option-invalid"],
    ["tensors and a seed", request({ seed: 1 }), "input-invalid"],
    ["tensors and a prompt", request({ prompt: "a circle" }), "input-invalid"],
    ["tensors and a number of clips", request({ clips: 2 }), "input-invalid"],
    ["a prompt without a vocabulary", { prompt: "a circle" }, "input-invalid"],
    ["two methods at one site", request({ cache: [fora(), pab()] }), "site-conflict"],
  ])("%s", async (_, bad, code) => {
    await expect(engine.generate(bad)).rejects.toMatchObject({ name: "EngineError", code });
  });

  test.each([
    ["no model", {}],
    ["a model that is no address", { model: 3 }],
    ["an unknown backend", { model: fixture.folder, backend: "cuda" }],
  ])("an engine of %s", async (_, options) => {
    await expect(createEngine(options as never)).rejects.toMatchObject({ code: "input-invalid" });
  });

  test("a browser's worker in Node", async () => {
    await expect(createWorkerEngine({ model: fixture.folder })).rejects.toMatchObject({ code: "backend-missing" });
  });

  test("a run under way when its engine is disposed of", async () => {
    const other = await createEngine({ model: fixture.folder, backend: "wasm", scheduler });
    const run = other.generate(request({ steps: 400 }));
    setTimeout(() => other.dispose(), 0);
    await expect(run).rejects.toMatchObject({ code: "disposed" });
  });

  test("an engine that has been disposed of", async () => {
    const other = await createEngine({ model: fixture.folder, backend: "wasm", scheduler });
    await other.dispose();
    await expect(other.generate(request())).rejects.toMatchObject({ code: "disposed" });
  });

  test("an engine that is disposed of in the middle of a run: at its next graph, and those that wait", async () => {
    const other = await createEngine({ model: fixture.folder, backend: "wasm", scheduler });
    const steps: number[] = [];
    let disposing: Promise<void> | undefined;
    const running = other.generate(
      request({
        onProgress(progress) {
          if (progress.phase !== "step") return;
          steps.push(progress.step);
          disposing = other.dispose();
        },
      }),
    );
    const waiting = other.generate(request());
    await expect(running).rejects.toMatchObject({ code: "disposed" });
    await expect(waiting).rejects.toMatchObject({ code: "disposed" });
    await disposing;
    expect(steps).toEqual([0]);
  });
});
