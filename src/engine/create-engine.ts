import { adherence } from "./adherence.js";
import type { Backend } from "./backends/backend.js";
import { chooseBackend, type Preference } from "./backends/ladder.js";
import { mergeResults, clipOf as oneOf } from "./batch.js";
import { probesOf } from "./cache/decide.js";
import { type Segmenter, segmenter } from "./cache/segments.js";
import { calibrator } from "./calibrate.js";
import { type Calibration, expectCalibrated } from "./calibration.js";
import { type Changes, changesCollector } from "./changes.js";
import { type DenoiseOptions, denoise } from "./denoise.js";
import type { CalibrateOptions, Clip, Engine, GenerateOptions, Profile, Progress, Result } from "./engine.js";
import { EngineError } from "./errors.js";
import type { Graph } from "./graph/builder.js";
import { checkedInputs, expectDims, promptInputs, repeated } from "./inputs.js";
import { type Checkpoint, loadCheckpoint } from "./models/checkpoint.js";
import { type Files, openFiles } from "./models/files.js";
import { architectureOf } from "./models/index.js";
import type { Geometry, Model, Tap } from "./models/model.js";
import { weightStore } from "./models/weights.js";
import { explainNotFinite } from "./not-finite.js";
import { profileOf, profiling, timing } from "./profile.js";
import { queue } from "./queue.js";
import { schedulerFromConfig } from "./schedulers/index.js";
import type { Tensor } from "./tensor.js";
import type { Trace } from "./trace.js";
import { onnxruntimeVersion, version } from "./version.js";

/** Which checkpoint, and what it is to run on. */
export interface CreateEngineOptions {
  /** Address of a checkpoint's folder, a path in Node, or anything that reads files. */
  readonly model: string | Files;
  /** Default "auto": the first rung of WebGPU captured, WebGPU, WASM that works here. */
  readonly backend?: Preference;
  /** Another scheduler than the checkpoint's: the content of a scheduler_config.json. */
  readonly scheduler?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Loads a checkpoint and chooses a backend for it.
 *
 * @throws EngineError "file-missing", "file-invalid", "download-failed", "hash-mismatch", "model-unknown",
 *   "model-config", "backend-missing", "stopped"
 */
export const createEngine = async (options: CreateEngineOptions): Promise<Engine> => {
  const { signal, onProgress } = options;
  const files = typeof options.model === "string" ? await openFiles(options.model) : options.model;
  // Side by side: onnxruntime is fetched and compiled while the weights are on their way.
  const choosing = chooseBackend({ prefer: options.backend ?? "auto" });
  const group = new AbortController();
  choosing.catch(() => group.abort());
  const loading = loadCheckpoint(files, {
    signal: signal ? AbortSignal.any([signal, group.signal]) : group.signal,
    onProgress: (progress) => onProgress?.({ phase: "download", ...progress }),
  });
  const checkpoint = await loading.catch(async (cause) => {
    if (group.signal.aborted) await choosing; // throws why there is no backend
    void choosing.then(
      ({ backend }) => backend.dispose(),
      () => {},
    );
    throw cause;
  });
  const { backend, report } = await choosing;
  const { scheduler } = options;
  return engineOf(
    scheduler === undefined ? checkpoint : { ...checkpoint, schedulerConfig: scheduler },
    backend,
    report,
  );
};

/** An engine over parts that are already there. */
export const engineOf = (checkpoint: Checkpoint, backend: Backend, device: Engine["device"]): Engine => {
  const architecture = architectureOf(checkpoint.config);
  const weights = weightStore(checkpoint.weights);
  const { manifest, vocabulary } = checkpoint;
  const usual = architecture.shape(checkpoint.config);
  const shape = { ...usual, ...clipShape(manifest) };
  const name = manifest?.name ?? "unnamed";
  const fps = manifest?.clip?.fps ?? 8;
  const inOrder = queue();
  const built = new Map<string, { readonly model: Model; readonly segments: Segmenter }>();
  let disposed = false;

  const alive = <T>(request: T): T => {
    if (disposed) throw new EngineError("disposed", "This engine has been disposed of.");
    return request;
  };
  const modelFor = (geometry: Geometry) => {
    const key = JSON.stringify(geometry);
    const found = built.get(key) ?? withSegments(architecture.build(checkpoint.config, weights, geometry));
    built.set(key, found);
    return found;
  };

  const defaults = {
    prompt: manifest?.defaults?.prompt ?? "",
    steps: manifest?.defaults?.steps ?? 20,
    guidance: manifest?.defaults?.guidance ?? 1,
  };

  /** Everything a request means, checked, ready for the denoising loop. */
  const prepare = (request: GenerateOptions) => {
    const { steps = defaults.steps, guidance = defaults.guidance, cache = [], signal, inputs } = request;
    if (signal?.aborted) throw new EngineError("stopped", "The run was stopped before it began.");
    if (!Number.isFinite(guidance))
      throw new EngineError("input-invalid", `guidance is ${guidance}; expected a number.`);
    if (!checkpoint.schedulerConfig)
      throw new EngineError("file-missing", "This checkpoint has no scheduler/scheduler_config.json.", {
        hint: "Add the scheduler's configuration as diffusers saves it, or name another with --scheduler.",
      });
    const scheduler = schedulerFromConfig(checkpoint.schedulerConfig, steps);
    for (const method of cache) expectCalibrated(method, { model: name, scheduler: scheduler.name, steps });
    const { noise, cond, uncond } = inputs
      ? checkedInputs(inputs, shape)
      : promptInputs(vocabulary, shape, defaults.prompt, request);
    if (guidance !== 1 && !uncond)
      throw new EngineError("input-invalid", `guidance is ${guidance}, but there is no unconditional input.`, {
        hint: "Give the tensor uncond, or guidance 1.",
      });
    const [clips, channels, frames, height, width] = noise.dims as [number, number, number, number, number];
    const built = modelFor({ clips, channels, frames, height, width, tokens: cond.text?.dims[1] ?? 0 });
    const rows = (given: Readonly<Record<string, Tensor>>): Map<string, Tensor> =>
      new Map(
        built.model.conditions.map(({ name, dims }) => {
          const value = given[name] && architecture.condition(name, given[name]);
          return [name, repeated(expectDims(name, value, dims), dims[0] as number)];
        }),
      );
    return {
      ...built,
      backend,
      scheduler,
      guidance,
      signal,
      noise: architecture.pack(noise, checkpoint.config),
      dims: noise.dims,
      methods: cache,
      conditions: { cond: rows(cond), ...(uncond && guidance !== 1 ? { uncond: rows(uncond) } : {}) },
      compile: (graph: Graph) => backend.compile(graph),
    };
  };

  const generate = async (request: GenerateOptions): Promise<Result> => {
    const prepared = prepare(request);
    const clips = prepared.dims[0] as number;
    if (clips > 1 && prepared.methods.some((method) => probesOf(method, prepared.model.sites).length > 0)) {
      const results: Result[] = [];
      for (let index = 0; index < clips; index++) results.push(await generate(oneOf(request, index)));
      return mergeResults(results);
    }
    const { model, scheduler, dims, guidance, methods } = prepared;
    const { previewEvery = 0, onProgress } = request;
    const steps = scheduler.timesteps.length;
    const clipOf = (latents: Float32Array): Clip => ({ ...architecture.unpack(latents, dims, checkpoint.config), fps });
    const run = await denoise({
      ...prepared,
      collectPredictions: request.predictions ?? false,
      onCompile: (done, total) => onProgress?.({ phase: "compile", done, total }),
      previewAt: (step) => previewEvery > 0 && (step + 1) % previewEvery === 0,
      onStep: ({ step, ms, visits, preview }) =>
        onProgress?.({
          phase: "step",
          step,
          steps,
          ms,
          decisions: visits
            .filter(({ branch }) => branch === "cond")
            .map(({ site, decision, reasons }) => ({ site, decision, ...(reasons ? { reasons } : {}) })),
          ...(preview ? { preview: clipOf(preview) } : {}),
        }),
    }).catch(async (error: unknown) => {
      throw error instanceof EngineError && error.code === "not-finite" ? await explainNotFinite(prepared) : error;
    });
    const trace: Trace = {
      format: "diffusion-cache/trace",
      version: 1,
      engine: { version, onnxruntime: onnxruntimeVersion },
      model: { name, architecture: model.architecture, parameters: model.parameters },
      backend: { name: backend.name, description: backend.description },
      scheduler: scheduler.name,
      methods: methods.map(({ name, options }) => ({ name, options })),
      prompt: request.inputs ? null : (request.prompt ?? defaults.prompt),
      seed: request.inputs ? null : (request.seed ?? 0),
      guidance,
      clips: dims[0] as number,
      steps,
      timesteps: scheduler.timesteps,
      sites: run.sites,
      visits: run.visits,
      stepMs: run.stepMs,
      stepCacheBytes: run.stepCacheBytes,
      totals: { wallMs: run.wallMs, compileMs: run.compileMs, bytes: run.bytes },
    };
    const latents = { dims: prepared.noise.dims, data: run.sample };
    return {
      clip: clipOf(run.sample),
      latents,
      trace,
      ...(request.predictions ? { predictions: run.predictions } : {}),
    };
  };

  const profile = async (
    request: Pick<GenerateOptions, "prompt" | "guidance" | "clips" | "inputs" | "signal">,
  ): Promise<Profile> => {
    const prepared = prepare({ ...request, steps: 4 });
    const plain = await denoise(prepared);
    const timed = timing(backend);
    await denoise({ ...prepared, backend: timed.backend, methods: [profiling], cuts: "sites" });
    return profileOf(plain, timed.runMs, prepared.model.sites, prepared.guidance === 1 ? 1 : 2);
  };

  /** Uncached runs, one per prompt, whose values a collector made for them reads. */
  const observed = async <C extends Pick<DenoiseOptions, "observe"> & { readonly taps: readonly Tap[] }>(
    request: CalibrateOptions,
    collector: (model: Model, steps: number) => C,
  ) => {
    const { prompts = request.inputs ? [] : [defaults.prompt], onProgress, ...rest } = request;
    const runs = request.inputs ? [{}] : prompts.map((prompt, seed) => ({ prompt, seed }));
    let last: (ReturnType<typeof prepare> & { readonly collected: C }) | undefined;
    for (const [index, run] of runs.entries()) {
      const prepared = prepare({ ...rest, ...run });
      const { length } = prepared.scheduler.timesteps;
      last = { ...prepared, collected: last?.collected ?? collector(prepared.model, length) };
      const { taps, observe } = last.collected;
      const steps = runs.length * length;
      await denoise({
        ...prepared,
        observed: taps,
        ...(observe ? { observe } : {}),
        onStep: ({ step, ms }) =>
          onProgress?.({ phase: "step", step: index * length + step, steps, ms, decisions: [] }),
      });
    }
    if (!last) throw new EngineError("input-invalid", "prompts is empty.", { hint: "Give one prompt at least." });
    return { ...last, prompts };
  };

  const calibrate = async (request: CalibrateOptions): Promise<Calibration> => {
    const { collected, scheduler, guidance, prompts } = await observed(request, calibrator);
    const calibratedFor = { model: name, scheduler: scheduler.name, steps: scheduler.timesteps.length };
    const { magRatios, coefficients, errors } = collected.numbers();
    return {
      format: "diffusion-cache/calibration",
      version: 1,
      calibratedFor,
      guidance,
      prompts,
      magcache: { magRatios, calibratedFor },
      teacache: { coefficients, calibratedFor },
      smoothcache: { errors, calibratedFor },
    };
  };

  const changes = async (request: CalibrateOptions): Promise<Changes> => {
    const { collected, scheduler, guidance, prompts } = await observed(request, changesCollector);
    const { name: schedulerName, timesteps } = scheduler;
    const run = { model: name, backend: backend.description, scheduler: schedulerName, guidance, prompts, timesteps };
    return { ...run, sites: collected.sites() };
  };

  return {
    model: {
      name,
      architecture: (checkpoint.config as { _class_name: string })._class_name,
      network: checkpoint.config as object,
      parameters: weights.parameters,
      downloadBytes: (manifest?.files ?? []).reduce((sum, { bytes }) => sum + bytes, 0),
      defaults,
      ...(checkpoint.calibration ? { calibration: checkpoint.calibration } : {}),
      clip: { frames: shape.frames, height: shape.height, width: shape.width, fps },
    },
    device,
    generate: (request = {}) => inOrder(async () => generate(alive(request))),
    profile: (request = {}) => inOrder(async () => profile(alive(request))),
    calibrate: (request = {}) => inOrder(async () => calibrate(alive(request))),
    changes: (request = {}) => inOrder(async () => changes(alive(request))),
    read: async ({ clip, prompt }) => (vocabulary ? adherence(vocabulary, clip, prompt) : undefined),
    dispose() {
      disposed = true;
      return inOrder(() => backend.dispose());
    },
  };
};

/** What a manifest says of the size of a clip. */
const clipShape = (manifest: Checkpoint["manifest"]) => {
  const { fps: _, ...shape } = manifest?.clip ?? {};
  return shape;
};

const withSegments = (model: Model) => ({ model, segments: segmenter(model) });
