import { EngineError } from "../errors.js";
import { bytesOf } from "../graph/builder.js";
import { gpuKernels, mostTerms } from "../kernels/index.js";
import type { Tensor } from "../tensor.js";
import type { Backend, Handle } from "./backend.js";
import { ortInOrder } from "./runtime.js";
import { bufferPool, type GpuHandle, readBuffer } from "./webgpu-buffers.js";
import { type GpuSession, giveBack, type Output, type SessionOptions } from "./webgpu-session.js";
import { sessionCache } from "./webgpu-sessions.js";

export interface WebGpuOptions extends Pick<SessionOptions, "ort" | "gpu" | "capture"> {
  /** Intermediates beyond which no further graph is captured. Default 512 MiB. */
  readonly captureBytes?: number;
  /** Let onnxruntime check every run, for tests. Default false. */
  readonly validation?: boolean;
}

/**
 * onnxruntime's WebGPU kernels on the engine's own device, and the engine's kernels between them on the same queue.
 *
 * Weights are graph inputs in buffers that are uploaded once and shared by all sessions: a session that owned its
 * weights would not free them while another lives. `dispose` leaves the device open; it belongs to who opened it.
 */
export const webgpuBackend = (options: WebGpuOptions): Backend => {
  const { ort, gpu, capture, validation = false, captureBytes = 512 * 2 ** 20 } = options;
  const inOrder = ortInOrder(ort);
  const held = { ort, gpu, capture, validation };
  const sessions = sessionCache({ ...held, captureBytes });
  const scratch = new Map<GpuSession, (() => void)[]>();
  const openKernels = () =>
    gpuKernels(gpu.device, (bytes, usage, label) => gpu.makeBuffer("workspace", bytes, usage, label));
  let kernels = openKernels();
  let failures = gpu.failures();
  const pool = bufferPool(gpu);
  const out = new Set<GpuHandle>();

  const own = (handle: GpuHandle): GpuHandle => {
    out.add(handle);
    return handle;
  };
  const take = (dims: readonly number[]): GpuHandle => own(pool.take(dims));
  const bufferOf = (handle: Handle): GPUBuffer => (handle as GpuHandle).buffer;
  const write = (buffer: GPUBuffer, data: Float32Array): void =>
    gpu.device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);

  const freeScratch = (session: GpuSession): void => {
    for (const free of scratch.get(session) ?? []) free();
    scratch.delete(session);
  };
  /** Hands an output to the caller, or keeps it as scratch until the graph runs again. */
  const handOut = (session: GpuSession, { buffer, free }: Output, dims: readonly number[], kept: boolean) => {
    const handle: GpuHandle = { dims, bytes: bytesOf({ name: "", dims }), buffer, owner: "onnxruntime", free };
    if (kept && !session.captured) return own(handle);
    if (!kept) {
      scratch.set(session, [...(scratch.get(session) ?? []), free]);
      return handle;
    }
    const copy = take(dims);
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, copy.buffer, 0, handle.bytes);
    gpu.device.queue.submit([encoder.finish()]);
    return copy;
  };

  const backend: Backend = {
    name: "webgpu",
    readsFree: false,
    description: `WebGPU, ${gpu.name}, ${capture ? "captured" : "uncaptured"} graphs`,
    compile: (graph) =>
      inOrder(async () => {
        gpu.check();
        try {
          return await sessions.get(graph);
        } catch (cause) {
          throw await gpu.explain(`onnxruntime-web refused the graph ${graph.key}`, cause);
        }
      }),
    run: (compiled, inputs, keep) =>
      inOrder(async () => {
        const session = compiled as GpuSession;
        gpu.check();
        freeScratch(session);
        sessions.use(session);
        try {
          const outputs = await session.run(inputs as ReadonlyMap<string, GpuHandle>);
          gpu.check(); // A run on a lost device resolves as if nothing had happened.
          return new Map(
            session.graph.outputs.map(({ name, dims }) => {
              const output = outputs.get(name);
              if (!output) throw new EngineError("runtime-failed", `${session.graph.key} gave no output ${name}.`);
              return [name, handOut(session, output, dims, keep.has(name))] as const;
            }),
          );
        } catch (cause) {
          throw await gpu.explain(`onnxruntime-web failed while running ${session.graph.key}`, cause);
        }
      }),
    upload({ dims, data }: Tensor) {
      gpu.check();
      const handle = take(dims);
      write(handle.buffer, data);
      return handle;
    },
    read(handle) {
      return readBuffer(gpu, bufferOf(handle), handle.bytes);
    },
    combine(terms, clamp) {
      gpu.check();
      if (terms.length > mostTerms) {
        const head = backend.combine(terms.slice(0, mostTerms));
        const sum = backend.combine([{ handle: head, weight: 1 }, ...terms.slice(mostTerms)], clamp);
        backend.release(head);
        return sum;
      }
      const sum = take((terms[0] as (typeof terms)[number]).handle.dims);
      const weighted = terms.map(({ handle, weight }) => ({ buffer: bufferOf(handle), weight }));
      kernels.combine(sum.buffer, weighted, sum.bytes / 4, clamp);
      return sum;
    },
    async measure(now, older) {
      gpu.check();
      const means = kernels.measure(bufferOf(now), bufferOf(older), now.bytes / 4);
      const [change, magnitude, present, square] = [...(await readBuffer(gpu, means, 16))] as [
        number,
        number,
        number,
        number,
      ];
      return { change, magnitude, present, rms: Math.sqrt(square) };
    },
    async split(handle) {
      gpu.check();
      const size = handle.dims.slice(-2) as [number, number];
      const planes = handle.bytes / 4 / (size[0] * size[1]);
      const scratchDims = [kernels.splitScratchBytes(size, planes) / 4];
      const [low, high, rows, sifted] = [
        take(handle.dims),
        take(handle.dims),
        pool.take(scratchDims),
        pool.take(scratchDims),
      ];
      await kernels.split(
        { data: bufferOf(handle), low: low.buffer, high: high.buffer, scratch: [rows.buffer, sifted.buffer] },
        size,
        planes,
      );
      for (const { free } of [rows, sifted]) free();
      return { low, high };
    },
    release(handle) {
      if (out.delete(handle as GpuHandle)) (handle as GpuHandle).free();
    },
    releaseAll() {
      for (const { free } of out) free();
      out.clear();
      for (const session of scratch.keys()) freeScratch(session);
      pool.trim();
      if (gpu.failures() === failures) return giveBack(held, sessions.trim);
      // Any buffer may be one that the GPU had no memory for: weights, tables, what onnxruntime keeps for its next run.
      failures = gpu.failures();
      giveBack(held, sessions.clear);
      kernels.dispose();
      kernels = openKernels();
    },
    async settled() {
      await gpu.device.queue.onSubmittedWorkDone();
      gpu.check();
    },
    bytes() {
      // Outputs that the caller keeps lie in onnxruntime's buffers, but they are no activations any more.
      const kept = [...out].reduce((sum, { owner, bytes }) => sum + (owner === "onnxruntime" ? bytes : 0), 0);
      const { weights: read, activations, workspace } = gpu.bytes();
      return { weights: read, activations: activations - kept, workspace: workspace + kept };
    },
    async dispose() {
      backend.releaseAll();
      try {
        await inOrder(sessions.clear);
      } finally {
        kernels.dispose();
      }
    },
  };
  return backend;
};
