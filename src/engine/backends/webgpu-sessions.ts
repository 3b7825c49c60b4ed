import type { Graph } from "../graph/builder.js";
import { type GpuSession, gpuSession, type SessionOptions } from "./webgpu-session.js";
import { gpuWeights } from "./webgpu-weights.js";

/**
 * The sessions of a backend, one per graph. All methods are called inside `ortInOrder`.
 *
 * A captured session keeps its intermediates to itself, where uncaptured ones share theirs. So a graph is captured only
 * while all intermediates together are below `captureBytes`, and sessions that a run did not use go when they are above.
 */
export const sessionCache = (options: SessionOptions & { readonly captureBytes: number }) => {
  const { ort, gpu, capture, captureBytes } = options;
  const sessions = new Map<string, GpuSession>();
  const used = new Set<GpuSession>();
  const weights = gpuWeights(ort, gpu);
  const isFull = (): boolean => gpu.bytes().activations > captureBytes;

  return {
    async get(graph: Graph): Promise<GpuSession> {
      const found = sessions.get(graph.key);
      if (found && found.graph.store === graph.store) return found;
      const session = await gpuSession({ ...options, capture: capture && !isFull() }, graph, weights.of(graph));
      sessions.set(graph.key, session);
      await found?.release();
      return session;
    },
    /** Says that a run needs the session. */
    use: (session: GpuSession): void => void used.add(session),
    /** A run has ended. */
    async trim(): Promise<void> {
      for (const [key, session] of sessions) {
        if (!isFull()) break;
        if (used.has(session)) continue;
        sessions.delete(key);
        await session.release();
      }
      used.clear();
    },
    /** Releases everything; what is asked for later is made anew. */
    async clear(): Promise<void> {
      const all = [...sessions.values()];
      sessions.clear();
      used.clear();
      const released = [];
      for (const session of all) released.push(...(await Promise.allSettled([session.release()])));
      weights.dispose();
      for (const one of released) if (one.status === "rejected") throw one.reason;
    },
  };
};
