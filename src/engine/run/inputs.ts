import type { Architecture } from "../architectures/architecture.js";
import type { GenerateOptions, RunInputs } from "../engine.js";
import { EngineError, shown } from "../errors.js";
import type { Model } from "../models/model.js";
import { mostNumbers, randn, torchGenerator } from "../random.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { encodePrompt, unconditional, type Vocabulary } from "../text/vocabulary.js";

export interface ClipShape {
  readonly channels: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Noise of a seed and the rows of a prompt.
 * @throws EngineError "prompt-invalid", "input-invalid"
 */
export const promptInputs = (
  vocabulary: Vocabulary | undefined,
  { channels, frames, height, width }: ClipShape,
  defaultPrompt: string,
  { prompt = defaultPrompt, seed = 0, clips = 1 }: Pick<GenerateOptions, "prompt" | "seed" | "clips">,
): RunInputs => {
  if (!vocabulary)
    throw new EngineError("input-invalid", "This checkpoint has no vocabulary, so it cannot read a prompt.", {
      hint: "Put text/vocabulary.json into its folder, or give tensors as inputs.",
    });
  if (!Number.isInteger(clips) || clips < 1 || clips > 64)
    throw new EngineError("input-invalid", `clips is ${clips}; expected a whole number from 1 to 64.`);
  // Clip k starts from the noise of seed + k, so that it is the clip that a run of its own would make.
  const dims = [clips, channels, frames, height, width];
  if (sizeOf(dims) > mostNumbers)
    throw new EngineError("input-invalid", `Clips of the shape [${dims.join(", ")}] hold too many numbers.`, {
      hint: "Ask for fewer clips, or correct the clip's size in manifest.json.",
    });
  const size = sizeOf(dims) / clips;
  const data = new Float32Array(clips * size);
  for (let clip = 0; clip < clips; clip++) data.set(randn(seed + clip, size).data, clip * size);
  return {
    noise: { dims, data },
    cond: conditions(encodePrompt(vocabulary, prompt)),
    uncond: conditions(unconditional(vocabulary)),
  };
};

interface StepNoiseOptions {
  readonly seed: number;
  readonly drawn: boolean;
  readonly asLatents?: Architecture["drawn"] | undefined;
}

/**
 * Noise for schedulers that draw some in their steps, as large as `latents`: from the generator of each clip, which has
 * drawn the clip's first noise before where that was drawn.
 *
 * @param asLatents puts what was drawn for a clip in the order of the latents
 */
export const stepNoise = (
  { dims }: Tensor,
  { seed, drawn, asLatents = (noise) => noise }: StepNoiseOptions,
): (() => Tensor) => {
  const clips = dims[0] as number;
  const size = sizeOf(dims) / clips;
  let generators: readonly ((count: number) => Float32Array)[] | undefined;
  return () => {
    if (!generators) {
      generators = Array.from({ length: clips }, (_, clip) => torchGenerator(seed + clip));
      if (drawn) for (const next of generators) next(size);
    }
    const data = new Float32Array(clips * size);
    for (const [clip, next] of generators.entries()) data.set(asLatents(next(size), dims), clip * size);
    return { dims, data };
  };
};

/** The rows of a text, and their sum, for models that also read the text as a whole. */
const conditions = (text: Tensor): Readonly<Record<string, Tensor>> => {
  const [, rows, columns] = text.dims as [number, number, number];
  const pooled = new Float32Array(columns);
  for (let index = 0; index < rows * columns; index++)
    pooled[index % columns] = (pooled[index % columns] as number) + (text.data[index] as number);
  return { text, pooled: { dims: [1, columns], data: pooled } };
};

const refuse = (name: string, found: readonly number[] | undefined, wanted: string): never => {
  const what = found ? `has the shape [${found.join(", ")}]` : "is missing";
  throw new EngineError("input-invalid", `The input "${name}" ${what}; expected ${wanted}.`);
};

/** Refuses noise that this model cannot take. */
export const checkedInputs = (inputs: RunInputs, { channels }: ClipShape): RunInputs => {
  const given = inputs.noise.dims;
  const dims = given.length === 4 ? [...given.slice(0, 2), 1, ...given.slice(2)] : given; // an image is one frame
  if (dims.length !== 5 || dims[1] !== channels || dims.some((dim) => dim < 1))
    refuse("noise", given, `[clips, ${channels}, frames, height, width]`);
  return { ...inputs, noise: { dims, data: inputs.noise.data } };
};

/** Refuses a condition of another shape; one row serves all clips. */
export const expectDims = (name: string, tensor: Tensor | undefined, wanted: readonly number[]): Tensor => {
  const found = tensor?.dims;
  const fits = (dim: number, axis: number): boolean => dim === wanted[axis] || (axis === 0 && dim === 1);
  if (!tensor || !found || found.length !== wanted.length || !found.every(fits))
    return refuse(name, found, `[${wanted.join(", ")}]`);
  return tensor;
};

/** Refuses conditions that the network does not read: a misspelt one would be lost. */
export const expectKnown = (
  given: Readonly<Record<string, Tensor>>,
  { conditions, architecture }: Model,
  more: readonly string[] = [],
): void => {
  const names = [...conditions.map(({ name }) => name), ...more];
  const odd = Object.keys(given).find((name) => !names.includes(name));
  if (odd !== undefined)
    throw new EngineError("input-invalid", `${architecture} has no condition ${shown(odd)}.`, {
      hint: names.length > 0 ? `It reads ${names.join(", ")}.` : "It reads none.",
    });
};

/** The same rows for every clip. */
export const repeated = ({ dims, data }: Tensor, clips: number): Tensor => {
  if (dims[0] === clips) return { dims, data };
  const all = new Float32Array(clips * data.length);
  for (let clip = 0; clip < clips; clip++) all.set(data, clip * data.length);
  return { dims: [clips, ...dims.slice(1)], data: all };
};
