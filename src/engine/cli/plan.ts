import { dryRun, type PlannedSite } from "../cache/dry-run.js";
import { EngineError } from "../errors.js";
import { loadSchedulerConfig } from "../models/checkpoint.js";
import { openFiles } from "../models/files.js";
import { schedulerFromConfig } from "../schedulers/index.js";
import { methodsOf, numberOf, printNotes, requiredOf, textOf, type Verb } from "./arguments.js";
import { commonFlags, methodFlags } from "./flags.js";

/** The usual spacing of older checkpoints: 951 … 1 at 20 steps. */
const defaultScheduler = { _class_name: "DDIMScheduler", timestep_spacing: "leading", steps_offset: 1 };

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

export const plan: Verb = {
  summary: "print what a method computes and reuses, without a model",
  flags: {
    ...methodFlags,
    steps: { value: "N", help: "denoising steps" },
    scheduler: { value: "DIR", help: "folder with scheduler_config.json (default: DDIM, leading, offset 1)" },
    guidance: { value: "G", help: "1 for a run without an unconditional branch (default: with one)" },
    ...commonFlags,
  },
  async run(values) {
    requiredOf(values, "steps");
    const methods = await methodsOf(values);
    if (methods.length === 0) throw new EngineError("argument-invalid", "--method is missing.");
    const folder = textOf(values, "scheduler");
    const config = folder === undefined ? defaultScheduler : await loadSchedulerConfig(await openFiles(folder));
    const { timesteps } = schedulerFromConfig(config, numberOf(values, "steps") as number);
    const sites = dryRun({ methods, timesteps, guided: (numberOf(values, "guidance") ?? 0) !== 1 });
    printNotes(methods);
    if (values.json === true) {
      console.log(
        JSON.stringify({ timesteps, methods: methods.map(({ name, options }) => ({ name, options })), sites }),
      );
      return;
    }
    console.log(grid(sites));
  },
};
