// What the public types name of a browser or of Node. A program without these types (no "DOM" library, no
// @webgpu/types) can still read ours: where a global is not declared, the least that is asked of it stands in its place.

/** Whether this is Node, and not a browser. */
export const inNode = (): boolean => typeof process !== "undefined" && process.versions?.node !== undefined;

/** The type of a global class as the program's own types have it; `Else` where they do not. */
type Platform<Name extends string, Else> = typeof globalThis extends { readonly [K in Name]: { prototype: infer Type } }
  ? Type
  : Else;

/** What ends a call from outside. */
export type AbortSignal = Platform<"AbortSignal", { readonly aborted: boolean }>;
/** The browser's WebGPU. */
export type GPU = Platform<"GPU", { requestAdapter(options?: object): Promise<unknown> }>;
/** Where a browser keeps answers between visits. */
export type CacheStorage = Platform<"CacheStorage", { open(name: string): Promise<unknown> }>;
/** An end of a channel between threads. */
export type MessagePort = Platform<
  "MessagePort",
  { postMessage(message: unknown, transfer?: unknown): void; close(): void }
>;
/** A thread of a browser. */
export type Worker = Platform<"Worker", { postMessage(message: unknown, transfer?: unknown): void; terminate(): void }>;
/** What arrives over a channel. */
export type MessageEvent = Platform<"MessageEvent", { readonly data: unknown }>;
