import type { Backend, Handle } from "../backends/backend.js";
import { EngineError } from "../errors.js";
import type { GraphValue } from "../graph/builder.js";
import { graphBuilder } from "../graph/builder.js";
import { measureCpu } from "../kernels/cpu.js";
import type { Reading } from "../method.js";
import type { Model } from "../models/model.js";

/** Frames of what a model makes. */
const framesOf = ({ weights, inputs, volume }: Pick<Model, "weights" | "inputs" | "volume">): number => {
  const g = graphBuilder(weights);
  const latents = inputs.find(({ name }) => name === "latents") as GraphValue;
  return volume(g, g.input("latents", latents.dims)).dims[2] as number;
};

/** Each clip's rows from the second frame on, and up to the last but one. */
const apart = (data: Float32Array, clips: number, frames: number) => {
  const frame = data.length / (clips * frames);
  const pairs = frame * (frames - 1);
  const [now, older] = [new Float32Array(clips * pairs), new Float32Array(clips * pairs)];
  for (let clip = 0; clip < clips; clip++) {
    const from = clip * frame * frames;
    now.set(data.subarray(from + frame, from + frame * frames), clip * pairs);
    older.set(data.subarray(from, from + pairs), clip * pairs);
  }
  return { now, older };
};

/**
 * Compares a tensor [clips, frames · places, width] with itself a frame earlier. It is read back whole: no backend has a
 * kernel for it, and one method asks, in computed steps alone.
 *
 * @returns undefined for a single frame
 * @throws EngineError "site-missing" where rows are not those of whole frames
 */
export const frameMotion = (backend: Pick<Backend, "read">, model: Pick<Model, "weights" | "inputs" | "volume">) => {
  const frames = framesOf(model);
  return async (tensor: Handle, tap: string): Promise<Reading | undefined> => {
    if (frames === 1) return undefined;
    const [clips = 1, rows = 1] = tensor.dims;
    if (rows % frames !== 0)
      throw new EngineError("site-missing", `${tap} has ${rows} rows, which are not those of ${frames} frames.`, {
        hint: "Probe what has the rows of every frame alone, one frame after the other.",
      });
    const { now, older } = apart(await backend.read(tensor), clips, frames);
    return measureCpu(now, older);
  };
};
