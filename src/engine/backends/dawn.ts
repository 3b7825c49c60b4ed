import { EngineError } from "../errors.js";
import { fromNode } from "./from-node.js";

/** What the package `webgpu` has: Dawn, the WebGPU of Chromium, as an addon for Node. */
interface DawnPackage {
  /** The interfaces and constants of WebGPU by name, as browsers have them as globals. */
  readonly globals: { readonly GPUQueue: { prototype: GPUQueue } };
  create(options: readonly string[]): GPU;
}

const refuse = (message: string, hint: string, cause: unknown): never => {
  throw new EngineError("backend-missing", message, { hint, cause });
};

const load = async (): Promise<DawnPackage> => {
  // Bundlers are not to follow it: it is an optional dependency, and for Node alone.
  return fromNode<DawnPackage>("webgpu").catch((cause) =>
    (cause as { code?: string }).code === "ERR_MODULE_NOT_FOUND"
      ? refuse(
          "WebGPU in Node comes from the optional package webgpu, which is not installed.",
          'Run: npm install webgpu. Or use the backend "wasm".',
          cause,
        )
      : refuse(
          `The optional package webgpu did not load: ${(cause as Error).message}`,
          'It has builds for Linux, macOS and Windows on x64 and arm64. Or use the backend "wasm".',
          cause,
        ),
  );
};

/** Dawn refuses views of shared memory, and all memory of onnxruntime's WebAssembly is shared: such views are copied. */
const takeSharedMemory = (queue: GPUQueue): void => {
  const { writeBuffer } = queue;
  queue.writeBuffer = function (buffer, bufferOffset, data, dataOffset = 0, size?: number) {
    if (!ArrayBuffer.isView(data) || !((data.buffer as ArrayBufferLike) instanceof SharedArrayBuffer))
      return writeBuffer.call(this, buffer, bufferOffset, data as ArrayBuffer, dataOffset, size);
    const view = data as Uint8Array<ArrayBuffer>;
    const end = size === undefined ? undefined : dataOffset + size;
    return writeBuffer.call(this, buffer, bufferOffset, view.slice(dataOffset, end));
  };
};

let opened: Promise<GPU> | undefined;

/**
 * WebGPU in Node, through the optional package `webgpu`. Puts its interfaces and `navigator.gpu` where browsers have
 * them, since onnxruntime-web looks for them there.
 *
 * @throws EngineError "backend-missing" where the package is not installed or does not load
 */
export const openDawn = (): Promise<GPU> => {
  opened ??= load().then(({ globals, create }) => {
    Object.assign(globalThis, globals);
    takeSharedMemory(globals.GPUQueue.prototype);
    const gpu = create([]);
    // Node has a navigator since 21.
    if (!globalThis.navigator) Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
    Object.defineProperty(globalThis.navigator, "gpu", { value: gpu, configurable: true });
    return gpu;
  });
  return opened;
};
