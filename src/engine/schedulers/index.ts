import { EngineError, shown } from "../errors.js";
import { accept, anObject } from "../expect.js";
import { cogVideoXDdim, cogVideoXDpm } from "./cog-video-x.js";
import { expectKnownFields } from "./config-fields.js";
import { ddim } from "./ddim.js";
import { ddpm } from "./ddpm.js";
import { dpmSolver } from "./dpm-solver.js";
import { edmEuler } from "./edm-euler.js";
import { euler } from "./euler.js";
import { flowMatchEuler } from "./flow-match-euler.js";
import { lcm } from "./lcm.js";
import type { Schedule, Scheduler, SchedulerClass } from "./scheduler.js";
import { uniPc } from "./uni-pc.js";

const schedulers: Readonly<Record<string, SchedulerClass>> = {
  CogVideoXDDIMScheduler: cogVideoXDdim,
  CogVideoXDPMScheduler: cogVideoXDpm,
  DDIMScheduler: ddim,
  DDPMScheduler: ddpm,
  DPMSolverMultistepScheduler: dpmSolver,
  EDMEulerScheduler: edmEuler,
  EulerDiscreteScheduler: euler,
  FlowMatchEulerDiscreteScheduler: flowMatchEuler,
  LCMScheduler: lcm,
  UniPCMultistepScheduler: uniPc,
};

/** Refuses settings under which diffusers' own run ends in NaN: a solver in noise down to σ = 0, "bh1" to σ = 0 … */
const expectFinite = (scheduler: Scheduler): Scheduler => {
  const finite = (weights: object | undefined): boolean =>
    Object.values(weights ?? {})
      .flat()
      .every((weight) => Number.isFinite(weight));
  for (const i of scheduler.timesteps.keys()) {
    const { clean, output, corrected, next } = scheduler.step(i);
    if (![clean, output, corrected, next].every(finite))
      throw new EngineError(
        "scheduler-config",
        `${scheduler.name}: step ${i} of ${scheduler.timesteps.length} divides by 0.`,
        {
          hint: "So does diffusers, and ends in NaN. Change final_sigmas_type, solver_type, lower_order_final or the number of steps.",
        },
      );
  }
  return scheduler;
};

/**
 * The scheduler that a parsed scheduler_config.json names by `_class_name`, set to `steps` steps. Fields of diffusers'
 * other schedulers are passed over, as diffusers does; fields of none, and features that the engine lacks, are refused.
 *
 * @throws EngineError "scheduler-unknown", "scheduler-config", "input-invalid" for steps, sigmas and timesteps
 */
export const schedulerFromConfig = (config: unknown, steps: number, schedule: Schedule = {}): Scheduler => {
  accept("schedulerFromConfig", { schedule: [schedule, anObject] });
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new EngineError("scheduler-config", `The scheduler's config is ${shown(config)}, not an object.`, {
      hint: "Give the content of a scheduler_config.json as diffusers saves it.",
    });
  const className: unknown = "_class_name" in config ? config._class_name : undefined;
  const make =
    typeof className === "string" && Object.hasOwn(schedulers, className) ? schedulers[className] : undefined;
  if (!make)
    throw new EngineError("scheduler-unknown", `The scheduler's _class_name is ${shown(className)}.`, {
      hint: `The engine has ${Object.keys(schedulers).join(", ")}.`,
    });
  const fields = config as Readonly<Record<string, unknown>>;
  expectKnownFields(className as string, fields);
  return expectFinite(make(fields, steps, schedule));
};
