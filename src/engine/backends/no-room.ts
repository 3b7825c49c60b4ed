import { EngineError } from "../errors.js";

/**
 * How onnxruntime-web says that an allocation failed, or that a tensor is larger than the 4 GiB that WebAssembly can
 * address; each was seen. JavaScript's own arrays fail with a RangeError.
 */
const sayings =
  /bad_alloc|failed to allocate|allocation failed|could not allocate|out of memory|Aborted\(OOM\)|SafeIntOnOverflow|Tensor shape is too large|exceeds maximum supported size/i;

const hint = "Make fewer clips at once, keep fewer features, or use a smaller model.";

export const noRoom = (message: string, cause?: unknown): EngineError =>
  new EngineError("out-of-memory", message, { hint, cause });

/** The EngineError for a graph that onnxruntime-web failed on: "out-of-memory" where there was no room for it, else "runtime-failed". */
export const failureOf = (what: string, cause: unknown, otherwise?: { readonly hint: string }): EngineError => {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof RangeError || sayings.test(said)) return noRoom(`${what}: ${said}`, cause);
  return new EngineError("runtime-failed", `${what}: ${said}`, { ...otherwise, cause });
};
