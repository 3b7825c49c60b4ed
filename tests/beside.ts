import type { Backend, Compiled, Handle } from "../src/engine/backends/backend.js";
import type { Graph } from "../src/engine/graph/builder.js";
import { relativeDifference } from "./numbers.js";

/** Runs of each graph that are compared: a captured one is recorded in the first, and replayed from the second on. */
const compared = 2;

/**
 * `backend`, with every graph that it runs also run by `other` on the same inputs, so that errors of one segment do not
 * meet those of another. `errors` has the largest relative difference of each graph.
 *
 * @param other graphs that it has: as they are, or the same on other weights
 */
export const beside = (backend: Backend, other: { backend: Backend; graphOf?: (graph: Graph) => Graph }) => {
  const { graphOf = (graph: Graph) => graph } = other;
  const errors = new Map<string, number>();
  const times = new Map<string, number>();
  const compare = async (
    { graph }: Compiled,
    inputs: ReadonlyMap<string, Handle>,
    outputs: ReadonlyMap<string, Handle>,
  ): Promise<void> => {
    const uploaded = new Map<string, Handle>();
    for (const [name, handle] of inputs)
      uploaded.set(name, other.backend.upload({ dims: handle.dims, data: await backend.read(handle) }));
    const found = await other.backend.run(await other.backend.compile(graphOf(graph)), uploaded, new Set());
    for (const [name, handle] of outputs) {
      const error = relativeDifference(await other.backend.read(found.get(name) as Handle), await backend.read(handle));
      errors.set(graph.key, Math.max(errors.get(graph.key) ?? 0, error));
    }
    for (const handle of uploaded.values()) other.backend.release(handle);
  };
  const run: Backend["run"] = async (compiled, inputs, keep) => {
    const outputs = await backend.run(compiled, inputs, keep);
    const time = times.get(compiled.graph.key) ?? 0;
    times.set(compiled.graph.key, time + 1);
    if (time < compared && compiled.graph.outputs.length > 0) await compare(compiled, inputs, outputs);
    return outputs;
  };
  return { backend: { ...backend, run } satisfies Backend, errors };
};
