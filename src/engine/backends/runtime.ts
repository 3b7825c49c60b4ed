import type * as Ort from "onnxruntime-web";
import { EngineError } from "../errors.js";
import { inNode } from "../platform.js";
import { fromNode } from "./from-node.js";
import { queue } from "./queue.js";

export type Runtime = typeof Ort;

const queues = new WeakMap<object, ReturnType<typeof queue>>();

/**
 * The queue of one build of onnxruntime-web. Every call into it that creates, runs or releases goes through here,
 * whichever engine and session it is for: two at once corrupt the module's memory. Builds share none, so that one which
 * a GPU keeps waiting for ever does not hold up another.
 */
export const ortInOrder = ({ InferenceSession }: Runtime): ReturnType<typeof queue> => {
  const found = queues.get(InferenceSession) ?? queue();
  queues.set(InferenceSession, found);
  return found;
};

/** Whether WebAssembly here can wait for a promise (JSPI): the WebGPU build is made for that. */
export const canSuspend = (): boolean => typeof WebAssembly !== "undefined" && "Suspending" in WebAssembly;

/** Whether the threads of WebAssembly may share memory: a browser grants that to isolated pages alone. */
export const canShareMemory = (): boolean => inNode() || globalThis.crossOriginIsolated === true;

/** Cores that this process may use. Node knows a navigator from version 21 on. */
const cores = (): number =>
  globalThis.navigator?.hardwareConcurrency ??
  (inNode() ? process.getBuiltinModule("node:os").availableParallelism() : 1);

/** Threads of the WASM kernels: half of the cores, four at most, and one where the page may not share memory. */
const threadsHere = (asked?: number): number => (canShareMemory() ? (asked ?? Math.min(4, Math.ceil(cores() / 2))) : 1);

/**
 * Loads onnxruntime-web. "jspi" has the WebGPU and the WASM kernels, "wasm" the WASM kernels alone; Node has its own
 * build of the latter.
 *
 * @param threads of the WASM kernels; the first to load the build decides, since its threads are started once
 * @throws EngineError "download-failed"
 *
 * There is a third build, for browsers without JSPI that have WebGPU (Asyncify). It is left out on purpose: its file of
 * 25.5 MiB exceeds the 25 MiB that some static hosts allow, a bundler emits every build that is imported anywhere, and
 * it is the build that fails in Safari. Such browsers get the WASM kernels, and the ladder says why.
 */
export const loadRuntime = async (kind: "jspi" | "wasm", threads?: number): Promise<Runtime> => {
  const ort = await importRuntime(kind).catch((cause: Error) => {
    throw new EngineError("download-failed", `onnxruntime-web could not be loaded: ${cause.message}`, {
      hint: inNode() ? hintInNode : hint,
      cause,
    });
  });
  // GPU work gains nothing from threads.
  ort.env.wasm.numThreads ??= kind === "jspi" ? 1 : threadsHere(threads);
  return ort;
};

const hint = "Check the connection, and that nothing blocks .mjs and .wasm files of this site; then try again.";

const hintInNode =
  "In Node it is read from node_modules: a bundler for servers has to leave diffusion-cache outside (Next: serverExternalPackages).";

const importRuntime = (kind: "jspi" | "wasm"): Promise<Runtime> => {
  if (kind === "jspi") return import("onnxruntime-web/jspi");
  if (!inNode()) return import("onnxruntime-web/wasm");
  // Bundlers for browsers are not to follow it: the browser build behind this name is 28 MB.
  return fromNode<Runtime>("onnxruntime-web");
};
