import { afterAll, beforeAll } from "vitest";

/** A device for the tests of a file. Without WebGPU they fail, they do not skip. */
export const testDevice = (): (() => GPUDevice) => {
  let device: GPUDevice | undefined;
  beforeAll(async () => {
    if (!("gpu" in navigator)) throw new Error("these tests need a browser with WebGPU");
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error("these tests need a GPU adapter; a software one will do");
    device = await adapter.requestDevice();
  });
  afterAll(() => device?.destroy());
  return () => device as GPUDevice;
};

/** Runs `work` and fails on any validation error in it. */
export const validated = async <T>(device: GPUDevice, work: () => Promise<T>): Promise<T> => {
  device.pushErrorScope("validation");
  const result = await work();
  const error = await device.popErrorScope();
  if (error) throw new Error(`validation error: ${error.message}`);
  return result;
};

/** A float32 buffer with these values, or of that many zeros. */
export const bufferOf = (device: GPUDevice, values: Float32Array | number): GPUBuffer => {
  const data = typeof values === "number" ? new Float32Array(values) : Float32Array.from(values);
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const buffer = device.createBuffer({ size: data.byteLength, usage: STORAGE | COPY_SRC | COPY_DST });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
};

export const read = async (device: GPUDevice, buffer: GPUBuffer, count: number): Promise<Float32Array> => {
  const staging = device.createBuffer({ size: 4 * count, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, 4 * count);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(staging.getMappedRange()).slice();
  staging.destroy();
  return values;
};
