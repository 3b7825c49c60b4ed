import type { Backend } from "./backends/backend.js";
import { chooseBackend, type Preference } from "./backends/ladder.js";
import { type Segmenter, segmenter } from "./cache/segments.js";
import { denoise } from "./denoise.js";
import type { Clip, Engine, GenerateOptions, Progress, Result } from "./engine.js";
import { EngineError } from "./errors.js";
import { type Checkpoint, loadCheckpoint } from "./models/checkpoint.js";
import { type Files, openFiles } from "./models/files.js";
import { architectureOf } from "./models/index.js";
import type { Geometry, Model } from "./models/model.js";
import { weightStore } from "./models/weights.js";
import { queue } from "./queue.js";
import { randn } from "./random.js";
import { schedulerFromConfig } from "./schedulers/index.js";
import { sizeOf, type Tensor } from "./tensor.js";
import { encodePrompt, unconditional } from "./text/vocabulary.js";
import type { Trace } from "./trace.js";
import { onnxruntimeVersion, version } from "./version.js";

export interface CreateEngineOptions {
  /** Address of a checkpoint's folder, a path in Node, or anything that reads files. */
  readonly model: string | Files;
  /** Default "auto": the first rung of WebGPU captured, WebGPU, WASM that works here. */
  readonly backend?: Preference;
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
  const checkpoint = await loadCheckpoint(files, {
    ...(signal ? { signal } : {}),
    onProgress: (progress) => onProgress?.({ phase: "download", ...progress }),
  });
  const { backend, report } = await chooseBackend({ prefer: options.backend ?? "auto" });
  return engineOf(checkpoint, backend, report);
};

/** An engine over parts that are already there. */
export const engineOf = (checkpoint: Checkpoint, backend: Backend, device: Engine["device"]): Engine => {
  const architecture = architectureOf(checkpoint.config);
  const weights = weightStore(checkpoint.weights);
  const shape = architecture.shape(checkpoint.config);
  const { manifest, vocabulary } = checkpoint;
  const fps = manifest?.clip?.fps ?? 8;
  const inOrder = queue();
  const built = new Map<string, { readonly model: Model; readonly segments: Segmenter }>();
  let disposed = false;

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

  const generate = async (request: GenerateOptions): Promise<Result> => {
    const { seed = 0, steps = defaults.steps, guidance = defaults.guidance, clips = 1, cache = [] } = request;
    const { previewEvery = 0, signal, onProgress } = request;
    const prompt = request.prompt ?? defaults.prompt;
    if (signal?.aborted) throw new EngineError("stopped", "The run was stopped before it began.");
    if (!Number.isInteger(clips) || clips < 1 || clips > 64)
      throw new EngineError("input-invalid", `clips is ${clips}; expected a whole number from 1 to 64.`);
    if (!Number.isFinite(guidance)) throw new EngineError("input-invalid", `guidance is ${guidance}; expected a number.`);
    if (!vocabulary)
      throw new EngineError("input-invalid", "This checkpoint has no vocabulary, so it cannot read a prompt.", {
        hint: "Put text/vocabulary.json into its folder, or use the command line with --inputs.",
      });
    if (!checkpoint.schedulerConfig)
      throw new EngineError("file-missing", "This checkpoint has no scheduler/scheduler_config.json.", {
        hint: "Add the scheduler's configuration as diffusers saves it.",
      });

    const scheduler = schedulerFromConfig(checkpoint.schedulerConfig, steps);
    const text = repeated(encodePrompt(vocabulary, prompt), clips);
    const { frames, height, width, channels } = shape;
    const { model, segments } = modelFor({ clips, frames, height, width, tokens: text.dims[1] as number });
    const dims = [clips, channels, frames, height, width];
    const clipOf = (data: Float32Array): Clip => ({ dims, data, fps });
    const run = await denoise({
      model,
      segments,
      backend,
      scheduler,
      methods: cache,
      guidance,
      signal,
      noise: noiseOf(seed, clips, dims),
      conditions: {
        cond: new Map([["text", text]]),
        ...(guidance === 1 ? {} : { uncond: new Map([["text", repeated(unconditional(vocabulary), clips)]]) }),
      },
      compile: (graph) => backend.compile(graph),
      onCompile: (done, total) => onProgress?.({ phase: "compile", done, total }),
      previewAt: (step) => previewEvery > 0 && (step + 1) % previewEvery === 0,
      onStep: ({ step, ms, visits, preview }) =>
        onProgress?.({
          phase: "step",
          step,
          steps,
          ms,
          decisions: visits.filter(({ branch }) => branch === "cond").map(({ site, decision }) => ({ site, decision })),
          ...(preview ? { preview: clipOf(preview) } : {}),
        }),
    });
    const trace: Trace = {
      format: "diffusion-cache/trace",
      version: 1,
      engine: { version, onnxruntime: onnxruntimeVersion },
      model: { name: manifest?.name ?? "unnamed", architecture: model.architecture, parameters: model.parameters },
      backend: { name: backend.name, description: backend.description },
      scheduler: scheduler.name,
      methods: cache.map(({ name, options }) => ({ name, options })),
      prompt,
      seed,
      guidance,
      clips,
      steps,
      timesteps: scheduler.timesteps,
      sites: run.sites,
      visits: run.visits,
      stepMs: run.stepMs,
      stepCacheBytes: run.stepCacheBytes,
      totals: { wallMs: run.wallMs, compileMs: run.compileMs, bytes: run.bytes },
    };
    return { clip: clipOf(run.sample), trace };
  };

  return {
    model: {
      name: manifest?.name ?? "unnamed",
      architecture: (checkpoint.config as { _class_name: string })._class_name,
      parameters: weights.parameters,
      downloadBytes: (manifest?.files ?? []).reduce((sum, { bytes }) => sum + bytes, 0),
      defaults,
      clip: { frames: shape.frames, height: shape.height, width: shape.width, fps },
    },
    device,
    generate(request = {}) {
      if (disposed) return Promise.reject(new EngineError("disposed", "This engine has been disposed of."));
      return inOrder(() => generate(request));
    },
    dispose() {
      disposed = true;
      return inOrder(() => backend.dispose());
    },
  };
};

const withSegments = (model: Model) => ({ model, segments: segmenter(model) });

/** The same rows for every clip. */
const repeated = ({ dims, data }: Tensor, clips: number): Tensor => {
  const all = new Float32Array(clips * data.length);
  for (let clip = 0; clip < clips; clip++) all.set(data, clip * data.length);
  return { dims: [clips, ...dims.slice(1)], data: all };
};

/** Clip k starts from the noise of seed + k, so that it is the clip a run of its own would make. */
const noiseOf = (seed: number, clips: number, dims: readonly number[]): Tensor => {
  const size = sizeOf(dims) / clips;
  const data = new Float32Array(clips * size);
  for (let clip = 0; clip < clips; clip++) data.set(randn(seed + clip, size).data ?? [], clip * size);
  return { dims, data };
};
