import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Measured } from "./measurement-kinds.js";

/** What scripts/record-measurements.ts kept of a model. */
export const recordedMeasurement = (model: string): Measured =>
  JSON.parse(readFileSync(join(process.cwd(), `site/public/measured/${model}.json`), "utf8")) as Measured;
