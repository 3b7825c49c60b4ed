import { dryRun, scheduleOf, schedulerFromConfig, sitesOf } from "diffusion-cache";
import type { GridRow } from "../grid/grid-rows.js";
import { plannedRows } from "../grid/planned-rows.js";
import type { Checkpoint } from "../model/models.js";
import { codeOf } from "../page/failure.js";
import type { ExampleModule, Settings } from "../program/example-module.js";

/** What a method would decide, as far as that can be said without a run. */
export type Planned =
  | { readonly rows: readonly GridRow[] }
  /** It decides by what it measures. */
  | { readonly measures: true }
  /** It cannot be planned with these settings, and why. */
  | { readonly why: unknown };

export const planned = ({ methods: of }: ExampleModule, model: Checkpoint, asked: Settings): Planned => {
  const { options, steps } = asked;
  try {
    const methods = of(options, model.calibration);
    const other = methods.find(({ calibratedFor }) => calibratedFor && calibratedFor.steps !== steps)?.calibratedFor;
    if (other)
      return { why: new Error(`Its numbers were measured for ${other.steps} steps. A run of ${steps} measures anew.`) };
    const sites = sitesOf(model.network);
    const { network, scheduler, defaults } = model;
    const found = scheduleOf({ sigmas: defaults.sigmas, steps, defaultSteps: steps, network, scheduler });
    const { timesteps } = schedulerFromConfig(scheduler, found.steps, found.schedule);
    return { rows: plannedRows(methods, sites, dryRun({ methods, timesteps, sites }), steps) };
  } catch (error) {
    return codeOf(error) === "needs-readings" ? { measures: true } : { why: error };
  }
};
