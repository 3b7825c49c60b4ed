import { cdp } from "vitest/browser";

// What a page and its devices hold, counted without the engine. Imported before a device is made.

/** Every buffer that a device makes from now on, the engine's and onnxruntime's, and which of them were destroyed. */
const made: WeakRef<GPUBuffer>[] = [];
const destroyed = new WeakSet<GPUBuffer>();
const { createBuffer } = GPUDevice.prototype;
GPUDevice.prototype.createBuffer = function (descriptor) {
  const buffer = createBuffer.call(this, descriptor);
  made.push(new WeakRef(buffer));
  return buffer;
};
const { destroy } = GPUBuffer.prototype;
GPUBuffer.prototype.destroy = function () {
  destroyed.add(this);
  return destroy.call(this);
};

const devtools = cdp() as unknown as {
  send(method: string): Promise<{ usedSize: number; backingStorageSize: number }>;
};

/** What the page holds after a collection: bytes of JavaScript and the arrays behind it, and bytes of the GPU. */
export const held = async (): Promise<{ heapBytes: number; gpuBytes: number }> => {
  // Twice: the first may leave the freeing of arrays to another thread.
  for (let i = 0; i < 2; i++) await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = await devtools.send("Runtime.getHeapUsage");
  const alive = made.map((ref) => ref.deref()).filter((buffer) => buffer && !destroyed.has(buffer));
  return {
    heapBytes: usedSize + backingStorageSize,
    gpuBytes: alive.reduce((sum, buffer) => sum + (buffer?.size ?? 0), 0),
  };
};
