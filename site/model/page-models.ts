import { type CacheMethod, sitesOf } from "diffusion-cache";
import { codeOf } from "../page/failure.js";
import { defaultsOf, type ExampleModule } from "../program/example-module.js";
import type { Checkpoint, PageModel } from "./models.js";

/** Whether every method of an example finds in the network what it keeps. */
const runsOn = (example: ExampleModule, { network, calibration }: Checkpoint): boolean => {
  const map = sitesOf(network);
  const finds = (method: CacheMethod): boolean => (method.parts ?? [method]).some((one) => one.sites(map).length > 0);
  try {
    return example.methods(defaultsOf(example.knobs), calibration).every(finds);
  } catch (error) {
    if (codeOf(error) === "site-missing") return false;
    throw error;
  }
};

/** The models that an example can run on, as a page knows them; the rest is loaded when it is asked for. */
export const pageModels = (example: ExampleModule, models: readonly Checkpoint[]): readonly PageModel[] =>
  models.filter((model) => runsOn(example, model)).map(({ name, address, defaults }) => ({ name, address, defaults }));
