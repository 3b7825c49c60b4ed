import { EngineError } from "../errors.js";
import { type FileCache, fileCache } from "./file-cache.js";
import { inMemory, type MemoryArrived } from "./in-memory.js";
import { type Expected, type Files, type ReadOptions, stopped, verify } from "./source.js";
import { type Arrived, Interrupted, type TransferOptions, transfer } from "./transfer.js";

export interface DownloadOptions extends Partial<TransferOptions> {
  /** Default 30 000. */
  readonly stallMs?: number;
  /** Attempts after the first one. Default 4. */
  readonly retries?: number;
  /** Wait before the second attempt; each further wait is twice as long, up to 8 s. Default 500. */
  readonly retryMs?: number;
  /** Where files with a known hash are kept. Default the browser's Cache API, where there is one. */
  readonly cache?: FileCache;
}

/**
 * The address of each file under a folder's. A query (a signature) goes with every file. A "#" belongs to a name: a
 * folder has no fragment.
 */
export const under = (base: string): ((path: string) => string) => {
  const [folder = "", ...query] = base.replaceAll("#", "%23").split("?");
  const root = folder.endsWith("/") ? folder : `${folder}/`;
  const search = query.length > 0 ? `?${query.join("?")}` : "";
  return (path) => new URL(path, root).href + search;
};

/** Less than this is not worth keeping for the next visit. */
const leastPartBytes = 64 * 1024;

/** Resolves after a while, or at once when the signal is aborted. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });

/** Attempts until the file is there; between them ever longer waits. */
export const persist = async (
  where: string,
  arrived: Arrived,
  options: ReadOptions,
  { stallMs = 30_000, retries = 4, retryMs = 500, explain, onAnswer }: DownloadOptions,
): Promise<void> => {
  for (let attempt = 0; ; attempt++)
    try {
      return await transfer(where, arrived, options, { stallMs, explain, onAnswer });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      const { message: reason, cause, waitMs } = error;
      if (attempt === retries)
        throw new EngineError(
          "download-failed",
          `The download of ${where} failed${retries ? ` ${retries + 1} times` : ""}: ${reason}.`,
          { hint: "Check the connection, then try again; what has arrived is kept.", cause },
        );
      options.onRetry?.({ attempt: attempt + 2, attempts: retries + 1, reason });
      await pause(waitMs ?? Math.min(8000, retryMs * 2 ** attempt), options.signal);
      if (options.signal?.aborted) throw stopped(where);
    }
};

/**
 * Files under an address. What a manifest describes is checked against it, and kept by its hash in the browser's Cache
 * API, so that a second visit downloads nothing. An interrupted download goes on where it was, after a wait or at the
 * next visit, if the server can send parts. A failed one leaves what is kept as it was.
 */
export const downloads = (base: string, { cache = fileCache(), ...how }: DownloadOptions = {}): Files => {
  const addressOf = under(base);
  const load = async (where: string, path: string, arrived: MemoryArrived, options: ReadOptions) => {
    const { expected } = options;
    try {
      await persist(where, arrived, options, how);
    } catch (error) {
      if (expected && arrived.bytes >= leastPartBytes && arrived.bytes < expected.bytes)
        await cache.keepPart(expected, arrived.joined(), path);
      throw error;
    }
    const bytes = arrived.joined();
    await verify(where, bytes, expected);
    return bytes;
  };
  /** Goes on with a part from an earlier visit, and without it should the whole not fit its hash. */
  const loadFrom = async (where: string, path: string, options: ReadOptions, expected: Expected) => {
    const part = await cache.part(expected);
    if (!part) return load(where, path, inMemory(options.expected), options);
    return load(where, path, inMemory(expected, part), options).catch(async (error: unknown) => {
      if (!(error instanceof EngineError && error.code === "hash-mismatch")) throw error;
      await cache.dropPart(expected);
      return load(where, path, inMemory(options.expected), options);
    });
  };
  return {
    name: base,
    async read(path, options = {}) {
      const { signal, onProgress, expected } = options;
      const where = addressOf(path);
      if (signal?.aborted) throw stopped(where);
      if (!expected) return load(where, path, inMemory(options.expected), options);
      const kept = await cache.get(expected);
      if (signal?.aborted) throw stopped(where);
      if (kept) {
        onProgress?.(kept.byteLength, kept.byteLength);
        return kept;
      }
      const bytes = await loadFrom(where, path, options, expected);
      await cache.put(expected, bytes, path);
      return bytes;
    },
  };
};
