import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSafetensors } from "../../src/engine/files/safetensors.js";

export const fixtureFolder = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** One recorded run of the real diffusers hooks. */
export interface ReferenceRun {
  readonly scheduler: string;
  readonly method: string;
  readonly timesteps: readonly number[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly computed?: Readonly<Record<string, string>>;
}

/** A folder of tests/fixtures: its runs and tensors. */
export const readFixture = (name: string) => {
  const folder = fixtureFolder(name);
  const json = JSON.parse(readFileSync(`${folder}/reference.json`, "utf8")) as {
    readonly guidance: number;
    readonly steps: number;
    readonly runs: readonly ReferenceRun[];
  };
  const tensors = readSafetensors(readFileSync(`${folder}/reference.safetensors`));
  const tensor = (key: string) => {
    const found = tensors.get(key);
    if (!found) throw new Error(`${name} has no tensor ${key}`);
    return found;
  };
  const scheduler = (kind: string) =>
    JSON.parse(readFileSync(`${folder}/scheduler-${kind}/scheduler_config.json`, "utf8"));
  return { folder, ...json, tensor, scheduler };
};

/** Largest error over the largest value, of all of `wanted` or of step `step` in a stack of `steps`. */
export const relativeError = (found: Float32Array, wanted: Float32Array, step = 0, steps = 1): number => {
  if (found.length * steps !== wanted.length)
    throw new Error(`${found.length} numbers are no step of ${steps} in ${wanted.length}`);
  let [error, scale] = [0, 0];
  for (const [index, value] of found.entries()) {
    const reference = wanted[step * found.length + index] as number;
    error = Math.max(error, Math.abs(value - reference));
    scale = Math.max(scale, Math.abs(reference));
  }
  return error / scale;
};
