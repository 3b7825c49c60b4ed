import type { Backend, Bytes, Compiled, Handle } from "../backends/backend.js";
import { type ExecutorOptions, executor } from "../cache/execute.js";
import { handleCounts } from "../cache/history.js";
import { EngineError } from "../errors.js";
import type { Graph } from "../graph/builder.js";
import type { Scheduler } from "../schedulers/scheduler.js";
import { allFinite, type Tensor } from "../tensor.js";
import type { TraceSite, TraceVisit } from "../trace/trace.js";
import { advancer } from "./advance.js";
import { breathe } from "./breathe.js";

export interface DenoiseOptions extends Omit<ExecutorOptions, "counts" | "timesteps" | "sigmas"> {
  readonly scheduler: Scheduler;
  /** Standard normal noise in the shape of the latents. */
  readonly noise: Tensor;
  /** The first frame, in the layout of the latents, where it is given: it stays. */
  readonly image?: Tensor | undefined;
  /** Normal noise of the same shape, for schedulers that add some in every step. Default: zeros. */
  readonly draw?: () => Tensor;
  readonly signal?: AbortSignal | undefined;
  /** Also returns every step's guided prediction; each costs a read-back. */
  readonly collectPredictions?: boolean;
  /** Also returns the latents after every step; they stay on the backend until the run is timed. */
  readonly collectLatents?: boolean;
  /** Called before each graph of the run is compiled, as far as they are known before the first step. */
  readonly onCompile?: (done: number, total: number) => void;
  /** Steps after which the predicted clean sample is read back for a preview. Default none. */
  readonly previewAt?: (step: number) => boolean;
  /** Called after each step. */
  readonly onStep?: (step: StepReport) => void;
}

export interface StepReport {
  readonly step: number;
  readonly ms: number;
  readonly visits: readonly TraceVisit[];
  readonly preview?: Float32Array;
}

export interface Denoised {
  readonly sample: Float32Array;
  readonly predictions: readonly Float32Array[];
  readonly stepLatents: readonly Float32Array[];
  readonly sites: readonly TraceSite[];
  readonly visits: readonly TraceVisit[];
  readonly stepMs: readonly number[];
  /** Of each step, the time in which probes were read. */
  readonly stepProbeMs: readonly number[];
  readonly stepCacheBytes: readonly number[];
  readonly wallMs: number;
  readonly compileMs: number;
  readonly bytes: { readonly now: Bytes; readonly peak: Bytes };
}

/**
 * The denoising loop: timesteps × guidance branches → scheduler. Latents never leave the backend between steps unless
 * a preview or the predictions are asked for.
 *
 * @throws EngineError "stopped" at the next graph boundary after `signal` is aborted; "not-finite" when a prediction or the result holds
 *   NaN or infinity: at once where reading costs nothing, else at the end
 */
export const denoise = async (options: DenoiseOptions): Promise<Denoised> => {
  const { backend, scheduler, noise, signal, previewAt = () => false } = options;
  const { collectPredictions = false, collectLatents = false } = options;
  const counts = handleCounts(backend);
  const used = new Set<Compiled>();
  let compileMs = 0;
  const stopIfAsked = (): void => {
    if (signal?.aborted) throw new EngineError("stopped", "The run was stopped before its last step.");
  };
  const compile = async (graph: Graph): Promise<Compiled> => {
    stopIfAsked();
    const before = performance.now();
    const compiled = await options.compile(graph);
    used.add(compiled);
    compileMs += performance.now() - before;
    return compiled;
  };
  const run = executor({
    ...options,
    counts,
    timesteps: scheduler.timesteps,
    sigmas: scheduler.sigmas,
    compile,
  });

  const solver = advancer({
    backend,
    counts,
    scheduler,
    draw: options.draw ?? (() => ({ ...noise, data: new Float32Array(noise.data.length) })),
  });
  const predictions: Float32Array[] = [];
  /** Latents of past steps, which nothing but a comparison needs: they are no part of what a run costs. */
  const past: Handle[] = [];
  const stepMs: number[] = [];
  const stepProbeMs: number[] = [];
  const stepCacheBytes: number[] = [];
  let peak = bytesOf(backend, 0, 0, used);
  try {
    const { model, image } = options;
    const held = image
      ? (await import("./held-frame.js")).holding({ backend, counts, compile, model, image })
      : async (from: Handle) => from;
    const noiseHandle = backend.upload(noise);
    let latents = await held(backend.combine([{ handle: noiseHandle, weight: scheduler.initNoiseSigma }]));
    counts.drop(noiseHandle);
    await run.prepare(options.onCompile);
    const prepared = compileMs;
    const start = performance.now();
    for (const step of scheduler.timesteps.keys()) {
      await breathe();
      stopIfAsked();
      const before = performance.now() - compileMs;
      const seen = run.visits().length;
      const probed = run.probeMs();
      const input = solver.input(step, latents);
      const prediction = await run.predict(step, input);
      counts.drop(input);
      if (collectPredictions) predictions.push((await backend.read(prediction)).slice());
      if (backend.readsFree) expectFinite(await backend.read(prediction));
      const shown = previewAt(step);
      const { clean: predicted, next } = solver.step(step, latents, prediction, shown);
      counts.drop(latents);
      counts.drop(prediction);
      latents = await held(next);
      const clean = predicted && (await held(predicted));
      const preview = shown && clean ? { preview: (await backend.read(clean)).slice() } : {};
      if (clean) counts.drop(clean);
      const cache = run.cacheBytes();
      stepCacheBytes.push(cache);
      peak = largest(peak, bytesOf(backend, cache, past.length * latents.bytes, used));
      if (collectLatents) past.push(counts.hold(latents));
      const ms = performance.now() - compileMs - before;
      stepMs.push(ms);
      stepProbeMs.push(run.probeMs() - probed);
      options.onStep?.({ step, ms, visits: run.visits().slice(seen), ...preview });
    }
    const sample = (await backend.read(latents)).slice();
    const wallMs = performance.now() - start - (compileMs - prepared);
    expectFinite(sample);
    const stepLatents: Float32Array[] = [];
    for (const handle of past) {
      stepLatents.push((await backend.read(handle)).slice());
      counts.drop(handle);
    }
    const [sites, visits] = [run.sites(), [...run.visits()]];
    run.end();
    solver.end();
    counts.drop(latents);
    backend.releaseAll();
    const now = bytesOf(backend, run.cacheBytes(), 0);
    const steps = { stepMs, stepProbeMs, stepCacheBytes };
    return { sample, predictions, stepLatents, sites, visits, ...steps, wallMs, compileMs, bytes: { now, peak } };
  } catch (error) {
    await outlast(backend);
    throw error;
  } finally {
    run.end();
    backend.releaseAll();
  }
};

/**
 * What follows from a failure on a GPU is reported late and in pieces, and must not meet the next run. A run that was
 * stopped may have failed too, without having heard of it yet. Reports may come after the answer to a question that was
 * asked later, so two answers in a row without any must come.
 */
export const outlast = async (backend: Backend): Promise<void> => {
  const isClean = async (): Promise<boolean> => {
    try {
      const handle = backend.upload({ dims: [1], data: new Float32Array(1) });
      await backend.read(handle);
      backend.release(handle);
      return true;
    } catch {
      return false;
    }
  };
  for (let [round, clean] = [0, 0]; round < 10 && clean < 2; round++) clean = (await isClean()) ? clean + 1 : 0;
};

const expectFinite = (data: Float32Array): void => {
  if (!allFinite(data)) throw new EngineError("not-finite", "The run ended in values that are not numbers.");
};

/** Bytes by kind. On a GPU cache and past latents lie in the engine's own buffers, which must not be counted twice. */
const bytesOf = (backend: Backend, cache: number, past: number, used?: ReadonlySet<Compiled>): Bytes => {
  const { workspace, ...rest } = backend.bytes(used);
  return { ...rest, cache, workspace: Math.max(0, workspace - cache - past) };
};

const largest = (a: Bytes, b: Bytes): Bytes => ({
  weights: Math.max(a.weights, b.weights),
  activations: Math.max(a.activations, b.activations),
  cache: Math.max(a.cache, b.cache),
  workspace: Math.max(a.workspace, b.workspace),
});
