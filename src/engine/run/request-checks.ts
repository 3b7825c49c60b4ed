import type { GenerateOptions, RunInputs } from "../engine.js";
import { EngineError, shown } from "../errors.js";
import type { CacheMethod } from "../method.js";
import { sizeOf, type Tensor } from "../tensor.js";

// What types promise and plain JavaScript does not keep. Ranges and shapes are checked where they are used.

const refuse = (name: string, value: unknown, expected: string): never => {
  throw new EngineError("input-invalid", `${name} is ${shown(value)}; expected ${expected}.`);
};

/** An array of another realm (a test runner's, a frame's) is refused by onnxruntime, so it is refused here. */
const isTensor = (value: Partial<Tensor> | undefined | null): boolean =>
  Array.isArray(value?.dims) && value.data instanceof Float32Array && value.data.length === sizeOf(value.dims);

const checkTensors = ({ noise, cond, uncond }: RunInputs): void => {
  if (typeof cond !== "object" || cond === null) refuse("inputs.cond", cond, "tensors by name");
  // One by one: conditions of both branches have the same names.
  for (const [name, tensor] of [{ noise }, cond, uncond ?? {}].flatMap((all) => Object.entries(all))) {
    if (!isTensor(tensor))
      throw new EngineError("input-invalid", `The input "${name}" is no tensor.`, {
        hint: "Give { dims, data }, with a Float32Array (of the engine's own realm) of as many numbers as dims say.",
      });
    const { dims, data } = tensor;
    if (data.length === 0)
      throw new EngineError("input-invalid", `The input "${name}" is empty: its shape is [${dims.join(", ")}].`);
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new EngineError("input-invalid", `The input "${name}" holds ${data[at]}, at ${at} of its data.`);
  }
};

/** @throws EngineError "input-invalid" for what is no list, "option-invalid" for what is no caching method */
export const checkMethods = (cache: unknown): void => {
  if (!Array.isArray(cache)) refuse("cache", cache, "a list of caching methods");
  for (const method of cache as readonly CacheMethod[]) {
    if (typeof method?.sites !== "function" || typeof (method.startRemote ?? method.start) !== "function")
      throw new EngineError("option-invalid", `cache holds ${shown(method)}, which is no caching method.`, {
        hint: "Make one with pab(), fora() and the others, or methodFromName(name, options).",
      });
    const { name, history = 1 } = method;
    if (!Number.isInteger(history) || history < 1 || history > 1000)
      throw new EngineError(
        "option-invalid",
        `${name}: history is ${shown(history)}; expected a whole number from 1 to 1000.`,
      );
  }
};

/**
 * Refuses values of another type than a request takes.
 * @throws EngineError "input-invalid"; "option-invalid" for what is no caching method
 */
export const checkRequest = (request: GenerateOptions): void => {
  const { prompt, seed, cache = [], previewEvery = 0, inputs, signal, onProgress } = request;
  if (prompt !== undefined && typeof prompt !== "string") refuse("prompt", prompt, "a sentence");
  if (seed !== undefined && typeof seed !== "number") refuse("seed", seed, "a number");
  if (!Number.isInteger(previewEvery) || previewEvery < 0)
    refuse("previewEvery", previewEvery, "a whole number from 0 on");
  if (signal !== undefined && typeof signal?.aborted !== "boolean")
    refuse("signal", signal, "the signal of an AbortController");
  if (onProgress !== undefined && typeof onProgress !== "function") refuse("onProgress", onProgress, "a function");
  checkMethods(cache);
  if (inputs !== undefined) {
    if (typeof inputs !== "object" || inputs === null) refuse("inputs", inputs, "tensors noise and cond");
    checkTensors(inputs);
  }
};
