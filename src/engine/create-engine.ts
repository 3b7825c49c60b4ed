import { chooseBackend, type Preference } from "./backends/ladder.js";
import type { Engine, Progress } from "./engine.js";
import { engineOf } from "./engine-of.js";
import { loadCheckpoint } from "./models/checkpoint.js";
import { type Files, openFiles } from "./models/files.js";

/** Which checkpoint, and what it is to run on. */
export interface CreateEngineOptions {
  /** Address of a checkpoint's folder, a path in Node, or anything that reads files. */
  readonly model: string | Files;
  /** "auto" takes the first rung of WebGPU captured, WebGPU, WASM that works here; in Node that is WASM. Default: "auto". */
  readonly backend?: Preference;
  /** Another scheduler than the checkpoint's: the content of a scheduler_config.json. */
  readonly scheduler?: Readonly<Record<string, unknown>>;
  /** Aborted, it ends loading with "stopped"; finished files stay kept. */
  readonly signal?: AbortSignal;
  /** Bytes of the download; compiling and steps come with each run. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Loads a checkpoint and chooses a backend for it.
 *
 * @throws EngineError "file-missing", "file-invalid", "download-failed", "hash-mismatch", "model-unknown",
 *   "model-config", "webassembly-missing", "backend-missing", "out-of-memory", "runtime-failed", "stopped"
 */
export const createEngine = async (options: CreateEngineOptions): Promise<Engine> => {
  const { signal, onProgress } = options;
  const files = typeof options.model === "string" ? await openFiles(options.model) : options.model;
  // Side by side: onnxruntime is fetched and compiled while the weights are on their way.
  const choosing = chooseBackend({ prefer: options.backend ?? "auto" });
  const group = new AbortController();
  choosing.catch(() => group.abort());
  const loading = loadCheckpoint(files, {
    signal: signal ? AbortSignal.any([signal, group.signal]) : group.signal,
    onProgress: (progress) => onProgress?.({ phase: "download", ...progress }),
  });
  const checkpoint = await loading.catch(async (cause) => {
    if (group.signal.aborted) await choosing; // throws why there is no backend
    void choosing.then(
      ({ backend }) => backend.dispose(),
      () => {},
    );
    throw cause;
  });
  const { backend, report } = await choosing;
  const { scheduler } = options;
  return engineOf(
    scheduler === undefined ? checkpoint : { ...checkpoint, schedulerConfig: scheduler },
    backend,
    report,
  );
};
