import { EngineError, shown } from "../errors.js";
import { ddim } from "./ddim.js";
import { flowMatchEuler } from "./flow-match-euler.js";
import type { Scheduler } from "./scheduler.js";

const schedulers: Readonly<Record<string, (config: Readonly<Record<string, unknown>>, steps: number) => Scheduler>> = {
  DDIMScheduler: ddim,
  FlowMatchEulerDiscreteScheduler: flowMatchEuler,
};

/**
 * The scheduler that a parsed scheduler_config.json names by `_class_name`, set to `steps` steps. Fields that the class
 * does not have are ignored, as diffusers does; a feature that the engine lacks is refused.
 *
 * @throws EngineError "scheduler-unknown", "scheduler-config", "input-invalid" for the number of steps
 */
export const schedulerFromConfig = (config: unknown, steps: number): Scheduler => {
  const known = Object.keys(schedulers).join(" and ");
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new EngineError("scheduler-config", `The scheduler's config is ${shown(config)}, not an object.`, {
      hint: "Give the content of a scheduler_config.json as diffusers saves it.",
    });
  const className: unknown = "_class_name" in config ? config._class_name : undefined;
  const make =
    typeof className === "string" && Object.hasOwn(schedulers, className) ? schedulers[className] : undefined;
  if (!make)
    throw new EngineError("scheduler-unknown", `The scheduler's _class_name is ${shown(className)}.`, {
      hint: `The engine has ${known}.`,
    });
  return make(config as Readonly<Record<string, unknown>>, steps);
};
