import { readFileSync } from "node:fs";
import type { RunInputs } from "../../src/engine/engine.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { fixtureFolder } from "./fixture.js";

/** One recorded run of a small random checkpoint of the real class in diffusers. */
export interface RealRun {
  readonly run: string;
  readonly method: string | null;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where it is not the fixture's. */
  readonly guidance?: number;
  readonly computed?: Readonly<Record<string, string>>;
}

/** A folder of tests/fixtures/real or tests/fixtures/networks: the checkpoint, what went in, and what diffusers predicted. */
export const readReal = (name: string, room: "real" | "networks" = "real") => {
  const folder = fixtureFolder(`${room}/${name}`);
  const json = JSON.parse(readFileSync(`${folder}/reference.json`, "utf8")) as {
    readonly guidance: number;
    readonly steps: number;
    readonly timesteps: readonly number[];
    readonly runs: readonly RealRun[];
  };
  const tensors = readSafetensors(readFileSync(`${folder}/reference.safetensors`));
  const tensor = (key: string) => {
    const found = tensors.get(key);
    if (!found) throw new Error(`${name} has no tensor ${key}`);
    return { dims: found.dims, data: found.data };
  };
  const conditions = (prefix: string) =>
    Object.fromEntries(
      ["text", "pooled", "label", "mask", "image", "guidance", "video_coords"].flatMap((key) =>
        tensors.has(prefix + key) ? [[key, tensor(prefix + key)]] : [],
      ),
    );
  const uncond = conditions("uncond.");
  const inputs: RunInputs = {
    noise: tensor("noise"),
    cond: conditions(""),
    ...(Object.keys(uncond).length > 0 ? { uncond } : {}),
  };
  return { folder, ...json, tensor, inputs };
};
