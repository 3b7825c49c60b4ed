import type { Calibration } from "diffusion-cache";
import { loadJson } from "../page/missing-part.js";
import type { ExampleModule } from "./example-module.js";

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
