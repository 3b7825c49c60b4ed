import type { Calibration } from "diffusion-cache";
import { loadJson } from "../page/missing-part.js";
import type { ExampleModule } from "../program/example-module.js";
import type { Checkpoint, PageModel } from "./models.js";

const found = new Map<string, Promise<Calibration>>();

/** The calibration of the model at an address, asked for once. */
export const calibrationAt = (address: string): Promise<Calibration> => {
  const loading = found.get(address) ?? loadJson<Calibration>(`${address}/calibration.json`);
  found.set(address, loading);
  loading.catch(() => found.delete(address)); // the next one tries again
  return loading;
};

/** The same for an example: one that takes no calibration never reads it, so for its type it is there. */
export const calibrationFor = async ({ methods }: ExampleModule, address: string): Promise<Calibration> =>
  methods.length > 1 ? calibrationAt(address) : (undefined as unknown as Calibration);

/** What an example's program knows of a model, from the model's own files. */
export const checkpointOf = async (module: ExampleModule, model: PageModel): Promise<Checkpoint> => {
  const [network, scheduler, calibration] = await Promise.all([
    loadJson<object>(`${model.address}/transformer/config.json`),
    loadJson<object>(`${model.address}/scheduler/scheduler_config.json`),
    calibrationFor(module, model.address),
  ]);
  return { ...model, network, scheduler, calibration };
};
