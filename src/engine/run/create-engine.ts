import { chooseBackend, type Preference, preferences } from "../backends/ladder.js";
import type { Engine, Progress } from "../engine.js";
import { EngineError, shown } from "../errors.js";
import { accept, aFunction, anObject, aSignal, fields, wholeFrom } from "../expect.js";
import { type Files, openFiles } from "../models/files.js";
import { isPicked, type Picked } from "../models/picked.js";
import type { AbortSignal } from "../platform.js";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.js";
import { engineOf } from "./engine-of.js";

/** Which checkpoint, and what it is to run on. */
export interface CreateEngineOptions {
  /**
   * A model on the Hub ("hub:organisation/model@revision", or the address of its page), the address of a checkpoint's
   * folder, a path in Node, what a reader picked in a page (an input's `files`, a directory handle, files by their paths),
   * or anything that reads files.
   */
  readonly model: string | Files | Picked;
  /** "auto" takes the first rung of WebGPU captured, WebGPU, WASM that works here; in Node that is WASM. Default: "auto". */
  readonly backend?: Preference;
  /**
   * Threads of the WASM kernels, 1 to 64, where memory may be shared; what the first engine of a page, worker or process
   * asks for stays. Default: half of the cores, four at most.
   */
  readonly threads?: number;
  /**
   * "int8": linear layers compute with weights and activations in 8 bits (W8A8), on WASM alone; faster, and each run says
   * that its numbers are others. Default: "float32".
   */
  readonly activations?: "float32" | "int8";
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
 *   "model-config", "input-invalid", "webassembly-missing", "backend-missing", "threads-silent", "out-of-memory", "runtime-failed", "stopped"
 */
export const createEngine = async (options: CreateEngineOptions): Promise<Engine> => {
  if (typeof options?.model !== "string" && !isFiles(options?.model) && !isPicked(options?.model))
    throw new EngineError("input-invalid", `The model is ${shown(options?.model)}; expected where its folder is.`, {
      hint: 'Give an address or a folder: createEngine({ model: "models/latte-motion-nano" }), or "hub:organisation/model".',
    });
  accept("createEngine", {
    options: [
      options,
      fields({ "signal?": aSignal, "onProgress?": aFunction, "scheduler?": anObject, "threads?": wholeFrom(1, 64) }),
    ],
  });
  const { signal, onProgress, scheduler, threads, backend: prefer = "auto" } = options;
  if (!preferences.includes(prefer))
    throw new EngineError("input-invalid", `backend is ${shown(prefer)}; expected one of ${preferences.join(", ")}.`);
  const { activations = "float32" } = options;
  if (activations !== "float32" && activations !== "int8")
    throw new EngineError("input-invalid", `activations is ${shown(activations)}; expected float32 or int8.`);
  if (activations === "int8" && prefer !== "wasm" && prefer !== "auto")
    throw new EngineError("input-invalid", `Activations in 8 bits run on WASM alone, not on ${prefer}.`, {
      hint: 'Give backend: "wasm", or leave activations out.',
    });
  const files = await filesAt(options.model);
  const end = new AbortController();
  // Side by side: onnxruntime is fetched and compiled while the weights are on their way.
  const choosing = chooseBackend({ prefer: activations === "int8" ? "wasm" : prefer, threads });
  const loading = loadCheckpoint(files, {
    signal: signal ? AbortSignal.any([signal, end.signal]) : end.signal,
    onProgress: (progress) => onProgress?.({ phase: "download", ...progress }),
  });
  try {
    const parts = Promise.all([loading, choosing]);
    const [checkpoint, { backend, report }] = await Promise.race([parts, stopping(signal, end.signal)]);
    const computed = activations === "int8" ? await inEightBits(checkpoint) : checkpoint;
    return await engineOf(
      scheduler === undefined ? computed : { ...computed, schedulerConfig: scheduler },
      backend,
      report,
    );
  } catch (cause) {
    choosing.then(({ backend }) => backend.dispose()).catch(() => {}); // Nobody waits for it: a GPU may answer late.
    end.abort();
    await loading.catch(() => {}); // It keeps what has arrived.
    throw cause;
  } finally {
    end.abort();
  }
};

const inEightBits = async (checkpoint: Checkpoint): Promise<Checkpoint> => {
  const { withEightBitActivations: computing } = await import("../graph/eight-bit-activations.js");
  return { ...checkpoint, computing };
};

const isFiles = (model: unknown): model is Files => typeof (model as Files | null | undefined)?.read === "function";

const filesAt = async (model: CreateEngineOptions["model"]): Promise<Files> => {
  if (typeof model === "string") return openFiles(model);
  if (isFiles(model)) return model;
  const { filesOf, pickedFiles } = await import("../models/picked-files.js");
  return pickedFiles(await filesOf(model));
};

/** Rejects when the signal is aborted: a GPU that is waited for knows no signals. */
const stopping = (signal: AbortSignal | undefined, ended: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new EngineError("stopped", "Loading was stopped before the engine was there."));
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true, signal: ended });
  });
