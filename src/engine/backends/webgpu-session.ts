import type * as Ort from "onnxruntime-web";
import type { Graph, GraphValue } from "../graph/builder.js";
import type { Compiled } from "./backend.js";
import { failureOf } from "./no-room.js";
import { ortInOrder, type Runtime } from "./runtime.js";
import { type GpuHandle, tensorBuffer } from "./webgpu-buffers.js";
import type { Gpu } from "./webgpu-device.js";

export interface SessionOptions {
  readonly ort: Runtime;
  readonly gpu: Gpu;
  /** Record the graph's commands once and replay them. */
  readonly capture: boolean;
  readonly validation: boolean;
}

/** What a run wrote. `free` hands the buffer back to onnxruntime; a captured session keeps it and writes it again. */
export interface Output {
  readonly buffer: GPUBuffer;
  free(): void;
}

export interface GpuSession extends Compiled {
  /** Whether runs write the same buffers again: what is to be kept must be copied. */
  readonly captured: boolean;
  /** Resolves when the work is submitted, not when it is done. Call inside `ortInOrder`. */
  run(inputs: ReadonlyMap<string, GpuHandle>): Promise<ReadonlyMap<string, Output>>;
  /** Call inside `ortInOrder`. */
  release(): Promise<void>;
}

/** Gives something back to onnxruntime when its turn comes. Nobody waits for that, so a failure meets the next call. */
export const giveBack = ({ ort, gpu }: SessionOptions, work: () => Promise<void>): void => {
  ortInOrder(ort)(work).catch((cause) =>
    gpu.report(failureOf("onnxruntime-web failed to give back what it held", cause)),
  );
};

/** A graph with its weights bound, created inside `ortInOrder`. */
export const gpuSession = async (
  options: SessionOptions,
  graph: Graph,
  weights: Readonly<Record<string, Ort.Tensor>>,
): Promise<GpuSession> => {
  const { ort, gpu, capture, validation } = options;
  const session = await ort.InferenceSession.create(graph.serialize("inputs"), {
    executionProviders: [
      {
        name: "webgpu",
        device: gpu.device,
        // The default waits for an error scope in every run. Errors then reach the device's event alone.
        validationMode: validation ? "full" : "disabled",
        // Shapes are static, so buffers of exact size are found again.
        storageBufferCacheMode: "simple",
      },
    ],
    preferredOutputLocation: "gpu-buffer",
    enableGraphCapture: capture,
    graphOptimizationLevel: "all",
    // A node that silently ran on the CPU would cost a read-back per step.
    extra: { session: { disable_cpu_ep_fallback: "1" } },
  });
  return capture ? captured(options, graph, session, weights) : uncaptured(options, graph, session, weights);
};

const tensorOn = (ort: Runtime, buffer: GPUBuffer, dims: readonly number[]): Ort.Tensor =>
  ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims });

const uncaptured = (
  options: SessionOptions,
  graph: Graph,
  session: Ort.InferenceSession,
  weights: Readonly<Record<string, Ort.Tensor>>,
): GpuSession => ({
  graph,
  captured: false,
  async run(inputs) {
    const feeds = { ...weights };
    for (const { name, dims } of graph.inputs)
      feeds[name] = tensorOn(options.ort, (inputs.get(name) as GpuHandle).buffer, dims);
    const results = await session.run(feeds);
    return new Map(
      graph.outputs.map(({ name }) => {
        const tensor = results[name] as Ort.Tensor;
        // A released tensor's buffer goes into onnxruntime's pool, so this too waits its turn.
        const free = (): void => giveBack(options, async () => tensor.dispose());
        return [name, { buffer: tensor.gpuBuffer as GPUBuffer, free }] as const;
      }),
    );
  },
  release: () => session.release(),
});

/**
 * A session whose commands onnxruntime records once and replays. It then reads and writes the same buffers for ever
 * (buffers passed later are ignored without a word), so inputs are copied into buffers of its own. Outputs are left to
 * onnxruntime, which hands out the same buffer every time: preallocated ones lose their handle after a run.
 */
const captured = (
  { ort, gpu }: SessionOptions,
  graph: Graph,
  session: Ort.InferenceSession,
  weights: Readonly<Record<string, Ort.Tensor>>,
): GpuSession => {
  const bind = ({ name, dims }: GraphValue) => ({ name, buffer: tensorBuffer(gpu, "workspace", dims, name), dims });
  const inputs = graph.inputs.map(bind);
  const feeds = { ...weights };
  for (const { name, buffer, dims } of inputs) feeds[name] = tensorOn(ort, buffer, dims);
  const holds = new Map<string, GpuHandle>();

  return {
    graph,
    captured: true,
    async run(given) {
      const encoder = gpu.device.createCommandEncoder();
      for (const { name, buffer } of inputs) {
        const handle = given.get(name) as GpuHandle;
        // A handle that the engine owns never changes, so the copy made of it is still good.
        if (holds.get(name) === handle && handle.owner === "engine") continue;
        encoder.copyBufferToBuffer(handle.buffer, 0, buffer, 0, handle.bytes);
        holds.set(name, handle);
      }
      gpu.device.queue.submit([encoder.finish()]);
      const results = await session.run(feeds);
      return new Map(
        graph.outputs.map(({ name }) => {
          const tensor = results[name] as Ort.Tensor;
          const buffer = tensor.gpuBuffer as GPUBuffer;
          tensor.dispose();
          return [name, { buffer, free: () => {} }] as const;
        }),
      );
    },
    async release() {
      for (const { buffer } of inputs) buffer.destroy();
      await session.release();
    },
  };
};
