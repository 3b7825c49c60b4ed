import { EngineError, shown } from "../errors.js";
import { configError, type Schedule } from "./scheduler.js";

const invalid = (message: string, hint: string): EngineError => new EngineError("input-invalid", message, { hint });

/** Refuses sigmas and timesteps that are no numbers, or not as many as steps. */
export const checkSchedule = (scheduler: string, { sigmas, timesteps }: Schedule, steps: number, count: number) => {
  for (const [what, list, most] of [
    ["sigmas", sigmas, 1],
    ["timesteps", timesteps, count],
  ] as const) {
    if (list === undefined) continue;
    if (list.length !== steps)
      throw invalid(`${scheduler}: there are ${list.length} ${what} for ${steps} steps.`, "Give one for each step.");
    const wrong = list.find((one) => !(one > 0 && one <= most));
    if (wrong !== undefined)
      throw invalid(
        `${scheduler}: the ${what} hold ${shown(wrong)}; expected numbers above 0, up to ${most}.`,
        "They begin with noise; the end, 0, is added to them.",
      );
  }
};

/** The mu of a resolution-dependent shift. */
export const expectMu = (scheduler: string, { mu }: Schedule): number => {
  if (mu !== undefined && Number.isFinite(mu)) return mu;
  throw configError(scheduler, "use_dynamic_shifting", true, "false here, since this model's pipeline tells no mu");
};
