import { EngineError } from "../errors.js";
import type { Bytes } from "./backend.js";
import { failureOf, noRoom } from "./no-room.js";

export type BufferKind = "weights" | "activations" | "workspace";

/** A GPU device of the engine's own, with its buffers counted and its failures kept for the next call. */
export interface Gpu {
  readonly device: GPUDevice;
  /** The adapter in words, as far as the browser tells. */
  readonly name: string;
  makeBuffer(kind: BufferKind, bytes: number, usage: GPUBufferUsageFlags, label: string): GPUBuffer;
  /** Bytes of all living buffers; onnxruntime's own count as activations. */
  bytes(): Omit<Bytes, "cache">;
  /** @throws EngineError "device-lost", "out-of-memory" or "runtime-failed" if the device reported one since the last call */
  check(): void;
  /** Keeps a failure for the next call; what comes after the first one follows from it. */
  report(error: EngineError): void;
  /** How many failures there were so far, of a device that still works. */
  failures(): number;
  /** The EngineError for a call that failed: what the device reported, or else "runtime-failed" with `message`. */
  explain(message: string, cause: unknown): Promise<EngineError>;
  close(): void;
}

/** How long a failed call waits to hear whether the device was lost: seen to take longer than a task. */
const lossReportMs = 500;

/** Limits that onnxruntime's own device would ask for at the adapter's maximum; a device has the least by default. */
const raised = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxBindGroups",
] as const satisfies readonly (keyof GPUSupportedLimits)[];
const features: readonly string[] = ["shader-f16"];
const subgroupFeatures: readonly string[] = ["subgroups", "subgroup-size-control"];

/** "NVIDIA RTX 3060 (ampere)", or as much of that as the browser gives. */
export const adapterName = ({ info }: GPUAdapter): string =>
  info.description || [info.vendor, info.architecture].filter(Boolean).join(" ") || "unnamed adapter";

/** An adapter that runs on the CPU; the WASM kernels are faster there. */
export const isSoftware = (adapter: GPUAdapter): boolean =>
  adapter.info.isFallbackAdapter ||
  /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${adapter.info.architecture} ${adapterName(adapter)}`);

/**
 * Whether onnxruntime's subgroup kernels can be right here. Its flash attention wants subgroups of 8 at least; on the 4
 * of SwiftShader it gives wrong numbers from 32 rows on. Browsers that do not tell the size get the other kernels.
 */
export const hasWideSubgroups = ({ features, info }: GPUAdapter): boolean =>
  features.has("subgroups") && info.subgroupMinSize >= 8;

/** Opens a device with what onnxruntime's kernels can use of the adapter. An adapter opens one device only. */
export const openGpu = async (adapter: GPUAdapter, { subgroups = hasWideSubgroups(adapter) } = {}): Promise<Gpu> => {
  const wanted = subgroups ? [...features, ...subgroupFeatures] : features;
  const device = await adapter.requestDevice({
    label: "diffusion-cache",
    requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
    requiredLimits: Object.fromEntries(raised.map((limit) => [limit, adapter.limits[limit]])),
  });
  return countedGpu(device, adapterName(adapter));
};

/** A device, watched. Must be called before anything is created on it. */
export const countedGpu = (device: GPUDevice, name: string): Gpu => {
  const total: Record<BufferKind, number> = { weights: 0, activations: 0, workspace: 0 };
  let kind: BufferKind = "activations";
  let failure: EngineError | undefined;
  let failures = 0;
  let [lost, closed] = [false, false];
  const report = (error: EngineError): void => {
    if (lost || closed) return;
    failure ??= error;
    failures++;
  };

  // onnxruntime creates and destroys its buffers through these methods of the device it is given.
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const [size, most] = [descriptor.size, device.limits.maxBufferSize];
    if (size > most) report(noRoom(`A buffer of ${size} bytes was needed; the most that the GPU gives is ${most}.`));
    const buffer = createBuffer(descriptor);
    const [counted, destroy] = [kind, buffer.destroy.bind(buffer)];
    let alive = true;
    total[counted] += descriptor.size;
    buffer.destroy = () => {
      if (alive) total[counted] -= descriptor.size;
      alive = false;
      return destroy();
    };
    return buffer;
  };

  device.lost.then(({ reason, message }) => {
    lost = true;
    failure = new EngineError("device-lost", `The GPU device went away: ${message || reason}.`, {
      hint: "Create the engine again. If it happens again, close other pages that use the GPU, or use the WASM backend.",
    });
  });
  device.addEventListener("uncapturederror", ({ error }) => {
    const memory = typeof GPUOutOfMemoryError !== "undefined" && error instanceof GPUOutOfMemoryError;
    report(
      memory
        ? noRoom(`The GPU refused to allocate a buffer: ${error.message}`)
        : new EngineError("runtime-failed", `The GPU refused a command: ${error.message}`, {
            hint: "This is a defect of the engine or the driver; the WASM backend does not depend on either.",
          }),
    );
  });

  const check = (): void => {
    if (!failure) return;
    const error = failure;
    if (!lost) failure = undefined; // The device still works; what has failed is the call before.
    throw error;
  };

  return {
    device,
    name,
    makeBuffer(wanted, bytes, usage, label) {
      kind = wanted;
      try {
        return device.createBuffer({ size: bytes, usage, label });
      } finally {
        kind = "activations";
      }
    },
    bytes: () => ({ ...total }),
    check,
    report,
    failures: () => failures,
    async explain(message, cause) {
      if (cause instanceof EngineError) return cause;
      // A loss is reported after the calls that it made fail.
      await Promise.race([device.lost, new Promise((resolve) => setTimeout(resolve, lossReportMs))]);
      try {
        check();
      } catch (error) {
        return error as EngineError;
      }
      return failureOf(message, cause);
    },
    close() {
      closed = true;
      device.destroy();
    },
  };
};
