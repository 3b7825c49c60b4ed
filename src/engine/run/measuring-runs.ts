import { type CalibratedMethod, calibratedMethods, type FreshCalibration } from "../calibrate/calibration.js";
import type { CalibrateOptions, CalibrationRequest, GenerateOptions, Profile } from "../engine.js";
import { EngineError } from "../errors.js";
import { accept, listOf, oneOf } from "../expect.js";
import { type Changes, changesCollector } from "../measure/changes.js";
import { cutsOf, profileOf, timing } from "../measure/profile.js";
import type { Model, Tap } from "../models/model.js";
import { type DenoiseOptions, denoise } from "./denoise.js";
import type { RequestReader } from "./requests.js";
import { weightNotes } from "./weight-notes.js";

// Runs that are made for their numbers, not for their clip.

/** Where the time of a step goes, from a plain run and one that is cut at every site. */
export const measureProfile = async (
  reader: RequestReader,
  request: Pick<GenerateOptions, "prompt" | "guidance" | "clips" | "inputs" | "signal">,
): Promise<Profile> => {
  const prepared = reader.prepare({ ...request, steps: 4 });
  const timed = async (how: Partial<DenoiseOptions>) => {
    const { backend, runMs } = timing(prepared.backend);
    const { stepMs } = await denoise({ ...prepared, ...how, backend });
    return { stepMs, runMs };
  };
  const { model, segments } = prepared;
  const [plain, cut] = [await timed({}), await timed({ cuts: cutsOf(model.sites) })];
  const isEmpty = (from: number, to: number): boolean =>
    segments.segment({ from, to, skip: [], keep: [], taps: [] }).graph.nodes === 0;
  return profileOf(plain, cut, model.sites, prepared.guidance === 1 ? 1 : 2, isEmpty);
};

/** Uncached runs, one per prompt, whose values a collector made for them reads. */
const observed = async <C extends Pick<DenoiseOptions, "observe"> & { readonly taps: readonly Tap[] }>(
  reader: RequestReader,
  request: CalibrateOptions,
  collector: (model: Model, steps: number, guidance: number) => C,
) => {
  const { prompts = request.inputs ? [] : [reader.info.defaults.prompt], onProgress, ...rest } = request;
  if (request.inputs && request.prompts)
    throw new EngineError("input-invalid", "inputs and prompts cannot be given together.");
  const runs = request.inputs ? [{}] : prompts.map((prompt, seed) => ({ prompt, seed }));
  let last: (ReturnType<RequestReader["prepare"]> & { readonly collected: C }) | undefined;
  for (const [index, run] of runs.entries()) {
    const prepared = reader.prepare({ ...rest, ...run });
    const { length } = prepared.scheduler.timesteps;
    last = { ...prepared, collected: last?.collected ?? collector(prepared.model, length, prepared.guidance) };
    const { taps, observe } = last.collected;
    const steps = runs.length * length;
    await denoise({
      ...prepared,
      observed: taps,
      ...(observe ? { observe } : {}),
      onStep: ({ step, ms }) => onProgress?.({ phase: "step", step: index * length + step, steps, ms, decisions: [] }),
    });
  }
  if (!last) throw new EngineError("input-invalid", "prompts is empty.", { hint: "Give one prompt at least." });
  return { ...last, prompts, model: reader.info.name, notes: [...reader.notes, ...weightNotes(last.model)] };
};

export const calibrate = async <M extends CalibratedMethod>(
  reader: RequestReader,
  { methods = calibratedMethods as readonly CalibratedMethod[] as readonly M[], ...request }: CalibrationRequest<M>,
): Promise<FreshCalibration<M>> => {
  accept("engine.calibrate", { methods: [methods, listOf(oneOf(...calibratedMethods), { least: 1 })] });
  // Loaded when it is asked for: most pages never calibrate.
  const { calibrator } = await import("../calibrate/calibrate.js");
  const { collected, model, scheduler, guidance, prompts, notes } = await observed(reader, request, (...run) =>
    calibrator(methods, ...run),
  );
  const calibratedFor = { model, scheduler: scheduler.name, steps: scheduler.timesteps.length };
  const entries = methods.map((method) => [method, { ...collected.numbers[method](), calibratedFor }]);
  return {
    format: "diffusion-cache/calibration",
    version: 1,
    calibratedFor,
    guidance,
    prompts,
    ...(notes.length > 0 ? { notes } : {}),
    ...Object.fromEntries(entries),
  };
};

export const measureChanges = async (reader: RequestReader, request: CalibrateOptions): Promise<Changes> => {
  const { collected, model, backend, scheduler, guidance, prompts } = await observed(reader, request, changesCollector);
  const { name, timesteps } = scheduler;
  return {
    model,
    backend: backend.description,
    scheduler: name,
    guidance,
    prompts,
    timesteps,
    sites: collected.sites(),
  };
};
