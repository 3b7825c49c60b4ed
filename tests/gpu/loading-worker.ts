import { openFiles } from "../../src/engine/models/files.js";
import { readShard } from "../../src/engine/models/read-shard.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";

// Loads a model in a worker, which alone can write to the origin's private file system in place.

/** What a page asks of it. */
export interface Asked {
  readonly address: string;
  /** Reads this file of tensors by itself, tensor by tensor, however small it is. */
  readonly inParts?: string;
}

/** What it answers: the tensors' names and sums, or the error. */
export interface Loaded {
  readonly sums?: readonly (readonly [name: string, sum: number])[];
  readonly notes?: readonly string[];
  readonly progress: readonly (readonly [loaded: number, total: number])[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | undefined };
}

const worker = self as unknown as {
  onmessage: (event: MessageEvent<Asked | "stop">) => void;
  postMessage(message: unknown): void;
};
const stop = new AbortController();

const load = async ({ address, inParts }: Asked): Promise<Loaded> => {
  const progress: [number, number][] = [];
  const report = (loaded: number, total: number): void => {
    progress.push([loaded, total]);
    worker.postMessage({ progressed: loaded });
  };
  const { signal } = stop;
  const sum = (data: Float32Array): number => data.reduce((all, one) => all + one, 0);
  try {
    const files = await openFiles(address);
    const [weights, notes] = inParts
      ? [await readShard(files, inParts, { signal, onProgress: report }, 0), []]
      : await loadCheckpoint(files, { signal, onProgress: ({ loaded, total }) => report(loaded, total) }).then(
          (checkpoint) => [checkpoint.weights, checkpoint.notes ?? []] as const,
        );
    return { sums: [...weights].map(([name, { data }]) => [name, sum(data)] as const), notes, progress };
  } catch (cause) {
    const { code, message, hint } = cause as { code: string; message: string; hint?: string };
    return { progress, error: { code, message, hint } };
  }
};

worker.onmessage = async ({ data }) => {
  if (data === "stop") stop.abort();
  else worker.postMessage({ loaded: await load(data) });
};
