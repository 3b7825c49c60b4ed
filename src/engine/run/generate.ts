import { probesOf } from "../cache/decide.js";
import type { Clip } from "../clip.js";
import type { GenerateOptions, Result } from "../engine.js";
import { EngineError } from "../errors.js";
import type { Trace } from "../trace/trace.js";
import { onnxruntimeVersion, version } from "../version.js";
import { denoise } from "./denoise.js";
import type { RequestReader } from "./requests.js";
import { weightNotes } from "./weight-notes.js";

/** One run, or one per clip where a method decides by what it measures. */
export const generate = async (reader: RequestReader, request: GenerateOptions): Promise<Result> => {
  const prepared = reader.prepare(request);
  const { model, backend, scheduler, clips, clipOf, guidance, methods } = prepared;
  if (clips > 1 && methods.some((method) => probesOf(method, model.sites).length > 0)) {
    const { clipOf: oneOf, mergeResults } = await import("./batch.js");
    const results: Result[] = [];
    for (let index = 0; index < clips; index++)
      results.push(await generate(reader, oneOf(request, index, prepared.draws)));
    return mergeResults(results);
  }
  const { previewEvery = 0, onProgress } = request;
  const steps = scheduler.timesteps.length;
  const colours = previewEvery > 0 ? await prepared.colours?.() : undefined;
  const previewOf = (latents: Clip): Clip => (colours ? { ...colours(latents), fps: latents.fps } : latents);
  const run = await denoise({
    ...prepared,
    collectPredictions: request.predictions ?? false,
    collectLatents: request.stepLatents ?? false,
    onCompile: (done, total) => onProgress?.({ phase: "compile", done, total }),
    previewAt: (step) => previewEvery > 0 && (step + 1) % previewEvery === 0,
    onStep: ({ step, ms, visits, preview }) =>
      onProgress?.({
        phase: "step",
        step,
        steps,
        ms,
        // Whether the pass without the text runs is decided before either.
        decisions: visits
          .filter(({ branch, site }) => branch === "cond" || site === model.sites.uncond().id)
          .map(({ site, decision, reasons }) => ({ site, decision, ...(reasons ? { reasons } : {}) })),
        ...(preview ? { preview: previewOf(clipOf(preview)) } : {}),
      }),
  }).catch(async (error: unknown) => {
    if (!(error instanceof EngineError) || error.code !== "not-finite") throw error;
    throw await (await import("./not-finite.js")).explainNotFinite(prepared);
  });
  const latents = clipOf(run.sample);
  const before = performance.now();
  const pixels = await prepared.decode?.(latents);
  const decoded = pixels ? { decodeMs: performance.now() - before } : {};
  const notes = [...reader.notes, ...weightNotes(model)];
  const trace: Trace = {
    format: "diffusion-cache/trace",
    version: 1,
    engine: { version, onnxruntime: onnxruntimeVersion },
    model: { name: reader.info.name, architecture: model.architecture, parameters: model.parameters },
    backend: { name: backend.name, description: backend.description },
    scheduler: scheduler.name,
    methods: methods.map(({ name, options }) => ({ name, options })),
    prompt: request.inputs ? null : (request.prompt ?? reader.info.defaults.prompt),
    seed: request.inputs ? null : (request.seed ?? 0),
    guidance,
    clips,
    steps,
    timesteps: scheduler.timesteps,
    sites: run.sites,
    visits: run.visits,
    stepMs: run.stepMs,
    stepProbeMs: run.stepProbeMs,
    stepCacheBytes: run.stepCacheBytes,
    totals: { wallMs: run.wallMs, compileMs: run.compileMs, ...decoded, bytes: run.bytes },
    ...(notes.length > 0 ? { notes } : {}),
  };
  return {
    clip: pixels ? { ...pixels, fps: latents.fps } : latents,
    latents: { dims: prepared.noise.dims, data: run.sample },
    trace,
    ...(request.predictions ? { predictions: run.predictions } : {}),
    ...(request.stepLatents ? { stepLatents: run.stepLatents } : {}),
  };
};
