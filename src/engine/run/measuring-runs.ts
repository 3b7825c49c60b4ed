import type { FreshCalibration } from "../calibrate/calibration.js";
import type { CalibrateOptions, GenerateOptions, Profile } from "../engine.js";
import { EngineError } from "../errors.js";
import { type Changes, changesCollector } from "../measure/changes.js";
import { profileOf, profiling, timing } from "../measure/profile.js";
import type { Model, Tap } from "../models/model.js";
import { type DenoiseOptions, denoise } from "./denoise.js";
import type { RequestReader } from "./requests.js";
import { unreadNotes } from "./unread-notes.js";

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
  const [plain, cut] = [await timed({}), await timed({ methods: [profiling], cuts: "sites" })];
  return profileOf(plain, cut, prepared.model.sites, prepared.guidance === 1 ? 1 : 2);
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
  return { ...last, prompts, model: reader.info.name, notes: [...reader.notes, ...unreadNotes(last.model)] };
};

export const calibrate = async (reader: RequestReader, request: CalibrateOptions): Promise<FreshCalibration> => {
  // Loaded when it is asked for: most pages never calibrate.
  const { calibrator } = await import("../calibrate/calibrate.js");
  const { collected, model, scheduler, guidance, prompts, notes } = await observed(reader, request, calibrator);
  const calibratedFor = { model, scheduler: scheduler.name, steps: scheduler.timesteps.length };
  const { magRatios, coefficients, errors, jumps, products, grams } = collected.numbers();
  return {
    format: "diffusion-cache/calibration",
    version: 1,
    calibratedFor,
    guidance,
    prompts,
    ...(notes.length > 0 ? { notes } : {}),
    magcache: { magRatios, calibratedFor },
    teacache: { coefficients, calibratedFor },
    smoothcache: { errors, calibratedFor },
    dpcache: { errors: jumps, calibratedFor },
    meancache: { products, calibratedFor },
    l2p: { grams, calibratedFor },
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
