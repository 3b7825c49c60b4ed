import { dryRun, latteSites, type PlannedSite } from "../cache/dry-run.js";
import { recordedReadings } from "../cache/recorded-readings.js";
import { sitesOf, sitesOfTrace } from "../cache/sites-of.js";
import { EngineError } from "../errors.js";
import type { SiteMap } from "../method.js";
import { openFiles } from "../models/files.js";
import { jsonReader } from "../models/json-files.js";
import { type Manifest, manifestFromJson } from "../models/manifest.js";
import { loadConfig } from "../run/checkpoint.js";
import { schedulerFromConfig } from "../schedulers/index.js";
import { scheduleOf } from "../schedulers/pipeline-sigmas.js";
import type { Trace } from "../trace/trace.js";
import { traceFromJson } from "../trace/trace-from-json.js";
import { type Flag, methodsOf, printNotes, requiredOf, textOf, type Values, type Verb } from "./arguments.js";
import { commonFlags, methodFlags, presetFlag } from "./flags.js";
import { requestFlags, schedulerOf, sigmasOf } from "./model.js";
import { guidanceOf, numberOf } from "./numbers.js";
import { asksForCard, cardFlags, planOnCard } from "./plan-card.js";
import { print } from "./print.js";
import { jsonFile } from "./read-file.js";

/** The usual spacing of older checkpoints: 951 … 1 at 20 steps. At 1000 steps an offset would lead out of the schedule. */
const defaultScheduler = (steps: number) => ({
  _class_name: "DDIMScheduler",
  timestep_spacing: "leading",
  steps_offset: steps < 1000 ? 1 : 0,
});

/** One line per site: # computed, · not. */
const grid = (sites: readonly PlannedSite[]): string => {
  const width = Math.max(...sites.map(({ site }) => site.length)) + 2;
  return sites
    .map(
      ({ site, computed }) =>
        `${site.padEnd(width)}${computed.replaceAll("1", "#").replaceAll("0", "·")}  ${[...computed].filter((c) => c === "1").length}/${computed.length}`,
    )
    .join("\n");
};

/** What lies in a folder that plans need, without its weights. */
const partsOf = async (model: string | undefined) => {
  if (model === undefined) return {};
  const files = await openFiles(model);
  const read = jsonReader(files, undefined, undefined);
  const manifest = await read.optional("manifest.json");
  return {
    network: await loadConfig(files),
    scheduler: await read.optional("scheduler/scheduler_config.json"),
    manifest: manifest && manifestFromJson(manifest, `${files.name}: manifest.json`),
  };
};

/** The size of the latents as a manifest says it, if it does: with a `vae/`, its clips are of pixels. */
const sizeIn = (manifest: Manifest | undefined) => {
  if (manifest?.files.some(({ path }) => path.startsWith("vae/"))) return undefined;
  const { channels, frames = 1, height, width } = manifest?.clip ?? {};
  return channels && height && width ? { channels, frames, height, width } : undefined;
};

/** The timesteps that the flags say, or else those of the recorded run, or those of the model's own scheduler. */
const timestepsOf = async (values: Values, trace: Trace | undefined): Promise<readonly number[]> => {
  const folder = textOf(values, "scheduler");
  const steps = numberOf(values, "steps");
  if (trace && steps !== undefined && steps !== trace.timesteps.length)
    throw new EngineError(
      "argument-invalid",
      `--steps is ${steps}, but the readings are of a run of ${trace.timesteps.length} steps.`,
    );
  const asked = sigmasOf(values);
  if (trace && folder === undefined && asked === undefined) return trace.timesteps;
  const { network, scheduler: own, manifest } = await partsOf(textOf(values, "model"));
  const scheduler =
    folder === undefined ? (own ?? defaultScheduler(steps ?? trace?.timesteps.length ?? 0)) : await schedulerOf(folder);
  const defaultSteps = trace?.timesteps.length ?? manifest?.defaults?.steps ?? 20;
  const sigmas = asked ?? manifest?.defaults?.sigmas;
  const found = scheduleOf({ sigmas, steps, defaultSteps, network, scheduler, size: sizeIn(manifest) });
  return schedulerFromConfig(scheduler, found.steps, found.schedule).timesteps;
};

/** The sites of --model, or else those of the recorded run, or else of a Latte of one layer. */
const sitesFor = async (values: Values, trace: Trace | undefined): Promise<SiteMap> => {
  const model = textOf(values, "model");
  if (model !== undefined) return sitesOf(await loadConfig(await openFiles(model)));
  return trace ? sitesOfTrace(trace) : latteSites(1);
};

export const plan: Verb = {
  summary: "print what a method computes and reuses, without a model",
  flags: {
    ...methodFlags,
    ...presetFlag,
    steps: { value: "N", help: "denoising steps (with --readings: the recorded run's)" },
    readings: { value: "TRACE.json", help: "a recorded run, for methods that decide by what they measure" },
    model: { value: "DIR", help: "checkpoint whose blocks are planned; its weights are not read (default: Latte)" },
    scheduler: {
      value: "DIR",
      help: "folder with scheduler_config.json (default: the model's; without one DDIM, leading, offset 1; with --readings: as recorded)",
    },
    sigmas: requestFlags.sigmas as Flag,
    guidance: { value: "G", help: "1 for a run without an unconditional branch (default: with one, or as recorded)" },
    ...cardFlags,
    ...commonFlags,
  },
  async run(values) {
    if (asksForCard(values)) return planOnCard(values);
    const file = textOf(values, "readings");
    if (file === undefined && !Array.isArray(sigmasOf(values))) requiredOf(values, "steps");
    const methods = await methodsOf(values);
    if (methods.length === 0) throw new EngineError("argument-invalid", "--method is missing.");
    const recorded = file === undefined ? undefined : traceFromJson(await jsonFile(file));
    const timesteps = await timestepsOf(values, recorded);
    const sites = dryRun({
      methods,
      timesteps,
      sites: await sitesFor(values, recorded),
      guided: (guidanceOf(values) ?? recorded?.guidance) !== 1,
      ...(recorded ? { readings: recordedReadings(recorded) } : {}),
    });
    printNotes(methods);
    if (values.json === true) {
      print(JSON.stringify({ timesteps, methods: methods.map(({ name, options }) => ({ name, options })), sites }));
      return;
    }
    print(grid(sites));
  },
};
