import type { DeviceReport } from "../engine.js";
import { EngineError } from "../errors.js";
import type { Backend } from "./backend.js";
import { loadRuntime } from "./runtime.js";
import { wasmBackend } from "./wasm.js";

/** What to try: all rungs from the top, or one of them. */
export type Preference = "auto" | "wasm" | "webgpu" | "webgpu-uncaptured";

/** The first rung of the ladder that works here, and why the ones above it do not. */
export const chooseBackend = async ({
  prefer,
}: {
  readonly prefer: Preference;
}): Promise<{ backend: Backend; report: DeviceReport }> => {
  if (prefer === "webgpu" || prefer === "webgpu-uncaptured")
    throw new EngineError("backend-missing", "There is no WebGPU backend here.", { hint: "Use the backend wasm." });
  const backend = wasmBackend(await loadRuntime("wasm"));
  return {
    backend,
    report: {
      backend: backend.name,
      description: backend.description,
      ladder: [{ rung: "wasm", taken: true, reason: "asked for" }],
    },
  };
};
