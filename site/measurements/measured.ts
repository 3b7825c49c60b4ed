import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Measured } from "./measurement-kinds.js";

/** What scripts/record-measurements.ts kept of a model, and its address. */
export const recordedMeasurement = (model: string): { measured: Measured; address: string } => {
  const file = `measured/${model}.json`;
  const measured = JSON.parse(readFileSync(join(process.cwd(), "site/public", file), "utf8")) as Measured;
  return { measured, address: `${import.meta.env.BASE_URL.replace(/\/$/, "")}/${file}` };
};
