import { EngineError } from "../errors.js";
import type { Trace } from "../trace.js";
import type { AskedAt, Readings } from "./dry-run.js";
import type { Reading } from "./method.js";

const numbers = (value: unknown, ...fields: readonly string[]): boolean =>
  typeof value === "object" &&
  value !== null &&
  fields.every((field) => Number.isFinite((value as Record<string, unknown>)[field]));
const isReading = (value: unknown): value is Reading | null =>
  value === null || numbers(value, "change", "magnitude", "present");
const keyOf = ({ method, site, branch, step }: AskedAt): string => JSON.stringify([method, site, branch, step]);

/**
 * What the probes of a recorded run read, for a plan. Of several clips that were decided about one by one, the first.
 * @param json a parsed trace
 * @param where the file, for messages
 * @throws EngineError "file-invalid"
 */
export const recordedReadings = (
  json: unknown,
  where: string,
): { readonly trace: Trace; readonly readings: Readings } => {
  const invalid = (why: string): EngineError =>
    new EngineError("file-invalid", `${where} is not a trace: ${why}.`, {
      hint: "Record one with `diffusion-cache run --trace FILE.json`.",
    });
  if (typeof json !== "object" || json === null) throw invalid("it is not a JSON object");
  const trace = json as Trace;
  if (trace.format !== "diffusion-cache/trace") throw invalid(`format is ${JSON.stringify(trace.format)}`);
  if (trace.version !== 1) throw invalid(`version is ${JSON.stringify(trace.version)}; this engine reads 1`);
  const { timesteps, visits, sites, model } = trace;
  if (!Array.isArray(timesteps) || timesteps.length === 0 || !timesteps.every(Number.isFinite))
    throw invalid("its timesteps are not numbers");
  if (!Array.isArray(sites) || !sites.every((one) => typeof one?.site === "string")) throw invalid("it names no sites");
  if (typeof model?.architecture !== "string") throw invalid("it names no architecture");
  if (!Array.isArray(visits)) throw invalid("it has no visits");
  const found = new Map<string, readonly (Reading | undefined)[]>();
  for (const visit of visits) {
    const { readings = [], clip = 0 } = (visit ?? {}) as Trace["visits"][number];
    if (!Array.isArray(readings) || !readings.every(isReading))
      throw invalid("a visit has readings that are not numbers");
    if (clip === 0)
      found.set(
        keyOf(visit),
        readings.map((reading) => reading ?? undefined),
      );
  }
  return { trace, readings: (at) => found.get(keyOf(at)) };
};
