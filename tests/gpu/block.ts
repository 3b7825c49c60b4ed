import type { Backend, Handle } from "../../src/engine/backends/backend.js";
import { type Gpu, openGpu } from "../../src/engine/backends/webgpu-device.js";
import type { Graph } from "../../src/engine/graph/builder.js";
import { rows } from "./small-graph.js";

/** A device of the engine's own. Without WebGPU tests fail, they do not skip. */
export const openTestGpu = async (): Promise<Gpu> => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("these tests need a browser with WebGPU; a software adapter will do");
  return openGpu(adapter);
};

/** Runs the block of small-graph.ts on fresh inputs and keeps `kept`. */
export const runBlock = async (backend: Backend, graph: Graph, seed: number, kept: string[]) => {
  const inputs = { x: rows(seed, 2, 5, 32), modulation: rows(seed + 1, 2, 32) };
  const given = new Map(Object.entries(inputs).map(([name, tensor]) => [name, backend.upload(tensor)]));
  const outputs = await backend.run(await backend.compile(graph), given, new Set(kept));
  for (const handle of given.values()) backend.release(handle);
  return outputs;
};

export const readAll = async (backend: Backend, outputs: ReadonlyMap<string, Handle>) =>
  Object.fromEntries(
    await Promise.all([...outputs].map(async ([name, handle]) => [name, await backend.read(handle)] as const)),
  );
