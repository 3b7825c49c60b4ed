import { checkpointOf } from "../model/checkpoints.js";
import type { Checkpoint } from "../model/models.js";
import type { ExampleModule } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";
import type { PanelConfig } from "./panel.js";
import type { planned } from "./planned.js";

/** The example's program, and what plans it. */
export interface Loaded {
  readonly module: ExampleModule;
  readonly planned: typeof planned;
  /** The models that the panel offers. */
  readonly models: readonly Checkpoint[];
}

/** Comes with the first change or run, not with the page. */
export const loadParts = async ({ example, models }: Pick<PanelConfig, "example" | "models">): Promise<Loaded> => {
  const [module, { planned }] = await Promise.all([loadExample(example), import("./planned.js")]);
  return { module, planned, models: await Promise.all(models.map((model) => checkpointOf(module, model))) };
};
