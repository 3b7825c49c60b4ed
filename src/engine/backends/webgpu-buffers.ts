import { sizeOf } from "../tensor.js";
import type { Handle } from "./backend.js";
import type { BufferKind, Gpu } from "./webgpu-device.js";

/** A tensor in a GPU buffer. `free` gives the buffer back to whoever owns it. */
export interface GpuHandle extends Handle {
  readonly buffer: GPUBuffer;
  readonly owner: "engine" | "onnxruntime";
  free(): void;
}

/** Bytes of a float32 tensor's buffer: onnxruntime copies and downloads in steps of 16. */
export const bufferBytes = (dims: readonly number[]): number => Math.ceil(sizeOf(dims) / 4) * 16;

/** A buffer that onnxruntime, the engine's kernels and copies can all use. */
export const tensorBuffer = (gpu: Gpu, kind: BufferKind, dims: readonly number[], label: string): GPUBuffer => {
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  return gpu.makeBuffer(kind, bufferBytes(dims), STORAGE | COPY_SRC | COPY_DST, label);
};

/**
 * Buffers by size, used again and again during a run. A released buffer may still be read by work that was submitted
 * before: whatever writes it next comes later on the same queue.
 */
export const bufferPool = (gpu: Gpu) => {
  const idle = new Map<number, GPUBuffer[]>();
  return {
    /** A handle with undefined content. */
    take(dims: readonly number[]): GpuHandle {
      const bytes = bufferBytes(dims);
      const buffer = idle.get(bytes)?.pop() ?? tensorBuffer(gpu, "workspace", dims, "workspace");
      const free = (): void => void idle.set(bytes, [...(idle.get(bytes) ?? []), buffer]);
      return { dims, bytes: 4 * sizeOf(dims), buffer, owner: "engine", free };
    },
    /** Gives the memory of idle buffers back to the device. */
    trim(): void {
      for (const buffer of [...idle.values()].flat()) buffer.destroy();
      idle.clear();
    },
  };
};

/** Copies the head of a buffer to ordinary memory; waits for all work submitted before. */
export const readBuffer = async (gpu: Gpu, source: GPUBuffer, bytes: number): Promise<Float32Array> => {
  const { MAP_READ, COPY_DST } = GPUBufferUsage;
  const staging = gpu.makeBuffer("workspace", bytes, MAP_READ | COPY_DST, "read-back");
  try {
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 0, bytes);
    gpu.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(staging.getMappedRange().slice(0));
    gpu.check(); // Errors of the work that made these values have been reported by now.
    return values;
  } catch (cause) {
    throw await gpu.explain("A tensor could not be read back from the GPU", cause);
  } finally {
    staging.destroy();
  }
};
