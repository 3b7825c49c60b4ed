import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import type { Engine, GenerateOptions, Progress } from "../../src/engine/engine.js";
import { EngineError } from "../../src/engine/errors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { createWorkerEngine, type WorkerEngineOptions } from "../../src/engine/worker/client.js";
import { relativeDifference } from "../numbers.js";
import { latteFolder, latteReference, schedulerConfig } from "./fixture.js";

let tensor: Awaited<ReturnType<typeof latteReference>>;
let scheduler: Record<string, unknown>;
beforeAll(async () => {
  tensor = await latteReference();
  scheduler = await schedulerConfig("ddim");
});

const open = (options: Partial<WorkerEngineOptions> = {}): Promise<Engine> =>
  createWorkerEngine({ model: latteFolder, backend: "wasm", scheduler, ...options });

const request = (): GenerateOptions => ({
  steps: 4,
  guidance: 3,
  predictions: true,
  cache: [pab({ spatialAttentionBlockSkipRange: 2, spatialAttentionTimestepSkipRange: [0, 1000] })],
  inputs: { noise: tensor("noise"), cond: { text: tensor("cond") }, uncond: { text: tensor("uncond") } },
});

/** A worker that runs `code` instead of the engine. */
const workerOf = (code: string): Worker =>
  new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });

const rejection = async (promise: Promise<unknown>): Promise<EngineError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EngineError)) throw new Error(`expected an EngineError, got ${String(error)}`);
  return error;
};

describe("an engine in a worker", () => {
  let [inWorker, here]: [Engine?, Engine?] = [];
  beforeAll(async () => {
    inWorker = await open();
    here = await createEngine({ model: latteFolder, backend: "wasm", scheduler });
  });
  afterAll(async () => {
    await inWorker?.dispose();
    await here?.dispose();
  });
  const engine = (): Engine => inWorker as Engine;

  it("is the same engine: model, device, clip, predictions, trace, progress", async () => {
    const progress: Progress[] = [];
    const [found, wanted] = [
      await engine().generate({ ...request(), previewEvery: 2, onProgress: (one) => void progress.push(one) }),
      await (here as Engine).generate(request()),
    ];
    expect(engine().model).toEqual(here?.model);
    expect(engine().device).toEqual(here?.device);
    expect(found.clip).toEqual(wanted.clip);
    expect(found.predictions).toEqual(wanted.predictions);
    expect(found.trace.methods).toEqual(wanted.trace.methods);
    expect(found.trace.visits).toEqual(wanted.trace.visits);
    const steps = progress.filter((one) => one.phase === "step");
    expect(steps.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    expect(steps.map(({ preview }) => preview?.data.length)).toEqual([
      undefined,
      found.clip.data.length,
      undefined,
      found.clip.data.length,
    ]);
  });

  it("keeps code, message, hint and the stack of where an error happened", async () => {
    const [found, wanted] = [
      await rejection(engine().generate({ prompt: "a red circle" })),
      await rejection((here as Engine).generate({ prompt: "a red circle" })),
    ];
    expect([found.code, found.message, found.hint]).toEqual([wanted.code, wanted.message, wanted.hint]);
    expect(found.stack).toContain("inputs");
  });

  it("stops when asked and goes on with the next call", async () => {
    const control = new AbortController();
    const stopped = engine().generate({
      ...request(),
      steps: 500,
      signal: control.signal,
      onProgress: ({ phase }) => void (phase === "step" && control.abort()),
    });
    expect((await rejection(stopped)).code).toBe("stopped");
    expect((await rejection(engine().generate({ ...request(), signal: control.signal }))).code).toBe("stopped");
    expect((await engine().generate(request())).trace.steps).toBe(4);
  });

  it("refuses what cannot be sent, and works on", async () => {
    const odd = { ...request(), steps: (() => 4) as unknown as number };
    await expect(engine().generate(odd)).rejects.toThrow(/could not be cloned/);
    expect((await engine().generate(request())).trace.steps).toBe(4);
  });

  it("runs on WebGPU there too", async () => {
    const webgpu = await open({ backend: "webgpu-uncaptured" });
    const [found, wanted] = [await webgpu.generate(request()), await (here as Engine).generate(request())];
    expect(webgpu.device.backend).toBe("webgpu");
    expect(relativeDifference(found.clip.data, wanted.clip.data)).toBeLessThan(1e-4);
    await webgpu.dispose();
  });
});

describe("a worker that does not stop in time", () => {
  /** Counts the workers that are made until the test ends. */
  const counted = () => {
    const second = Promise.withResolvers<void>();
    const count = { made: 0, second: second.promise };
    const Real = globalThis.Worker;
    globalThis.Worker = class extends Real {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        if (++count.made === 2) second.resolve();
      }
    };
    onTestFinished(() => {
      globalThis.Worker = Real;
    });
    return count;
  };
  const stopAfterFirstStep = async (engine: Engine): Promise<void> => {
    const control = new AbortController();
    const onProgress = ({ phase }: Progress) => void (phase === "step" && control.abort());
    const run = engine.generate({ ...request(), steps: 200, signal: control.signal, onProgress });
    expect((await rejection(run)).code).toBe("stopped");
  };

  it("is replaced, and calls go on with the new one, in order", async () => {
    const count = counted();
    const engine = await open({ stopMs: 0 });
    const wanted = await engine.generate(request());
    await stopAfterFirstStep(engine);
    const [first, second] = await Promise.all([engine.generate(request()), engine.generate(request())]);
    expect(first.clip).toEqual(wanted.clip);
    expect(second.clip).toEqual(wanted.clip);
    await expect.poll(() => count.made).toBe(2);
    await engine.dispose();
  });

  it("refuses what cannot be sent, and goes on, also while it is replaced", async () => {
    const { second } = counted();
    const engine = await open({ stopMs: 0 });
    await stopAfterFirstStep(engine);
    await second;
    const odd = engine.generate({ ...request(), steps: (() => 4) as unknown as number });
    const next = engine.generate(request());
    await expect(odd).rejects.toThrow(/could not be cloned/);
    expect((await next).trace.steps).toBe(4);
    await engine.dispose();
  });

  it("stays if it ends in time", async () => {
    const count = counted();
    const engine = await open({ stopMs: 60_000 });
    await stopAfterFirstStep(engine);
    await engine.generate(request());
    expect(count.made).toBe(1);
    await engine.dispose();
  });
});

describe("the end of a worker", () => {
  it("by dispose rejects what is under way and what comes later", async () => {
    const engine = await open();
    const running = rejection(engine.generate({ ...request(), steps: 500 }));
    await engine.dispose();
    await engine.dispose();
    expect((await running).code).toBe("disposed");
    expect((await rejection(engine.generate(request()))).code).toBe("disposed");
  });

  it("by an error in it rejects what is under way", async () => {
    const worker = workerOf("onmessage = () => { throw new Error('out of luck'); };");
    const error = await rejection(open({ worker }));
    expect([error.code, error.message]).toEqual(["runtime-failed", expect.stringContaining("out of luck")]);
  });

  it("before it began, for want of its script, is said", async () => {
    const worker = new Worker("/tests/there-is-no-such-file.js", { type: "module" });
    const error = await rejection(open({ worker }));
    expect([error.code, error.message]).toEqual(["runtime-failed", expect.stringContaining("could not be loaded")]);
  });

  it("by a model that is not there keeps the model's error", async () => {
    expect((await rejection(open({ model: "/tests/no-model-here" }))).code).toMatch(/^file-/);
  });
});
