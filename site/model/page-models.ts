import { type CacheMethod, sitesOf } from "diffusion-cache";
import { codeOf } from "../page/failure.js";
import { defaultsOf, type ExampleModule } from "../program/example-module.js";
import type { CalibratedModel, PageModel } from "./models.js";

/** Whether every method of an example finds in the network what it keeps. */
const runsOn = (example: ExampleModule, { network, calibration }: CalibratedModel): boolean => {
  const map = sitesOf(network);
  const finds = (method: CacheMethod): boolean => (method.parts ?? [method]).some((one) => one.sites(map).length > 0);
  try {
    return example.methods(defaultsOf(example.knobs), calibration).every(finds);
  } catch (error) {
    if (codeOf(error) === "site-missing") return false;
    throw error;
  }
};

/** What a page hands to its programs: the models that an example can run on; their calibrations are loaded when asked for. */
export const pageModels = (example: ExampleModule, models: readonly CalibratedModel[]): readonly PageModel[] =>
  models
    .filter((model) => runsOn(example, model))
    .map(({ name, address, network, scheduler, defaults }) => ({ name, address, network, scheduler, defaults }));
