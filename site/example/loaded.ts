import type { CalibratedModel } from "../model/models.js";
import { calibrationFor } from "../program/calibrations.js";
import type { ExampleModule } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";
import type { PanelConfig } from "./panel.js";
import type { planned } from "./planned.js";

/** The example's program, and what plans it. */
export interface Loaded {
  readonly module: ExampleModule;
  readonly planned: typeof planned;
  /** The models that the panel offers, with their calibrations where the example takes them. */
  readonly models: readonly CalibratedModel[];
}

/** Comes with the first change or run, not with the page. */
export const loadParts = async ({ example, models }: Pick<PanelConfig, "example" | "models">): Promise<Loaded> => {
  const [module, { planned }] = await Promise.all([loadExample(example), import("./planned.js")]);
  const calibrated = models.map(async (model) => ({
    ...model,
    calibration: await calibrationFor(module, model.address),
  }));
  return { module, planned, models: await Promise.all(calibrated) };
};
