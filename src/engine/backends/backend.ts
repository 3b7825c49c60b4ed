import type { Graph } from "../graph/builder.js";
import type { Reading } from "../method.js";
import type { Tensor } from "../tensor.js";

/** A tensor that lives on a backend. Opaque to everyone but the backend that made it. */
export interface Handle {
  readonly dims: readonly number[];
  readonly bytes: number;
}

/** A graph made ready to run, by the backend that compiled it. */
export interface Compiled {
  readonly graph: Graph;
}

/** Bytes by kind, as allocated by the engine. */
export interface Bytes {
  /** Each once; on WebAssembly a small network's in a copy for each graph that reads it. */
  readonly weights: number;
  /** Outputs of graphs. */
  readonly activations: number;
  /** Kept features, and what probes compare with. */
  readonly cache: number;
  /** Buffers for decisions and copies. */
  readonly workspace: number;
}

/**
 * Runs graphs and does the little arithmetic between them. Knows no model and no caching method.
 *
 * Handles belong to the caller: every handle that `upload`, `run` (for the names in `keep`), `combine` and `split`
 * return must be released once. Outputs of `run` outside `keep` are scratch: valid until the same graph runs again,
 * and released by the backend.
 */
export interface Backend {
  readonly name: "wasm" | "webgpu";
  /** A line for people: "WebAssembly, 2 threads" or the GPU adapter's description and whether segments are captured. */
  readonly description: string;
  /** Whether `read` hands out what is there already, instead of waiting for a device. */
  readonly readsFree: boolean;
  compile(graph: Graph): Promise<Compiled>;
  run(compiled: Compiled, inputs: ReadonlyMap<string, Handle>, keep: ReadonlySet<string>): Promise<Map<string, Handle>>;
  upload(tensor: Tensor): Handle;
  read(handle: Handle): Promise<Float32Array>;
  /** Σ weight · handle, element by element; `clamp` bounds the result to ±clamp. All shapes equal. */
  combine(terms: readonly { readonly handle: Handle; readonly weight: number }[], clamp?: number): Handle;
  /** One reduction over two tensors of equal shape, with one read-back. */
  measure(now: Handle, older: Handle): Promise<Reading>;
  /**
   * The two bands of FasterCache over the last two axes: `low` is what lies within a disc of radius
   * ⌊min(H, W) / 5⌋ around frequency zero, `high` the rest (methods.md §1.2).
   */
  split(handle: Handle): Promise<{ low: Handle; high: Handle }>;
  release(handle: Handle): void;
  /** Releases every handle still out. Called when a run has ended, however it ended, so that an error leaks nothing. */
  releaseAll(): void;
  /** All work handed over so far is done. */
  settled(): Promise<void>;
  /**
   * Bytes now allocated for weights, activations and workspace (cache bytes are the executor's).
   * @param used only what these graphs need, where each graph has its own (WASM): others may be kept for other runs
   */
  bytes(used?: ReadonlySet<Compiled>): Omit<Bytes, "cache">;
  dispose(): Promise<void>;
}
