import type * as Ort from "onnxruntime-web";
import type { Graph } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import type { Runtime } from "./runtime.js";
import { tensorBuffer } from "./webgpu-buffers.js";
import type { Gpu } from "./webgpu-device.js";

/** Weights in GPU buffers: uploaded when a graph first reads them, shared by all graphs of the same store. */
export const gpuWeights = (ort: Runtime, gpu: Gpu) => {
  const stores = new Map<WeightStore, Map<string, Ort.Tensor>>();

  const tensorOf = (store: WeightStore, held: Map<string, Ort.Tensor>, name: string): Ort.Tensor => {
    const found = held.get(name);
    if (found) return found;
    const packed = store.bitsOf(name) !== undefined;
    const { dims, data } = packed ? store.stored(name) : store.get(name);
    const buffer = tensorBuffer(gpu, "weights", packed ? [data.byteLength / 4] : dims, name);
    gpu.device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    const tensor = ort.Tensor.fromGpuBuffer(buffer, { dataType: packed ? "uint8" : "float32", dims });
    held.set(name, tensor);
    return tensor;
  };

  return {
    /** The weights of a graph as its feeds. */
    of(graph: Graph): Record<string, Ort.Tensor> {
      const held = stores.get(graph.store) ?? new Map<string, Ort.Tensor>();
      stores.set(graph.store, held);
      return Object.fromEntries(graph.entering("inputs").map((name) => [name, tensorOf(graph.store, held, name)]));
    },
    dispose(): void {
      for (const held of stores.values()) for (const tensor of held.values()) (tensor.gpuBuffer as GPUBuffer).destroy();
      stores.clear();
    },
  };
};
