import type { Backend, Handle } from "../src/engine/backends/backend.js";

/**
 * `backend`, strict about who owns a handle: on WebGPU one that was released, or whose graph has run again, holds other
 * numbers, and one that is forgotten takes memory. WebAssembly forgives all of that, so nothing else would notice there.
 */
export const strict = (backend: Backend) => {
  const owned = new Set<Handle>();
  /** Of each graph, the outputs that nobody asked to keep: valid until it runs again. */
  const scratch = new Map<string, ReadonlySet<Handle>>();
  const own = (handle: Handle): Handle => {
    owned.add(handle);
    return handle;
  };
  const valid = (handle: Handle): Handle => {
    if (!owned.has(handle) && ![...scratch.values()].some((outputs) => outputs.has(handle)))
      throw new Error("a handle is used after it was released, or after its graph ran again");
    return handle;
  };
  const checked: Backend = {
    ...backend,
    async run(compiled, inputs, keep) {
      for (const handle of inputs.values()) valid(handle);
      const outputs = await backend.run(compiled, inputs, keep);
      for (const [name, handle] of outputs) if (keep.has(name)) own(handle);
      scratch.set(compiled.graph.key, new Set([...outputs.values()].filter((handle) => !owned.has(handle))));
      return outputs;
    },
    upload: (tensor) => own(backend.upload(tensor)),
    read: async (handle) => backend.read(valid(handle)),
    combine(terms, clamp) {
      for (const { handle } of terms) valid(handle);
      return own(backend.combine(terms, clamp));
    },
    measure: async (now, older) => backend.measure(valid(now), valid(older)),
    async split(handle) {
      const { low, high } = await backend.split(valid(handle));
      return { low: own(low), high: own(high) };
    },
    release(handle) {
      if (!owned.delete(handle)) throw new Error("a handle is released that is not held");
      backend.release(handle);
    },
  };
  /** Bytes of all handles that are held. */
  const heldBytes = (): number => [...owned].reduce((sum, { bytes }) => sum + bytes, 0);
  return { backend: checked, heldBytes };
};
