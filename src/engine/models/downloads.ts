import { EngineError } from "../errors.js";
import { inNode } from "../platform.js";
import { type FileCache, fileCache } from "./file-cache.js";
import { absolute } from "./http/absolute.js";
import { type AttemptOptions, persist } from "./http/attempts.js";
import { inMemory, type MemoryArrived } from "./in-memory.js";
import { type Expected, type Files, inPartsFrom, type ReadOptions, stopped, verify } from "./source.js";

export interface DownloadOptions extends AttemptOptions {
  /** Files with a hash that are as large are read in parts, behind a disk where there is one. Default 2 ** 28. */
  readonly partsFrom?: number;
  /** Where files with a known hash are kept. Default the browser's Cache API, where there is one. */
  readonly cache?: FileCache;
}

/**
 * The address of each file under a folder's. A query (a signature) goes with every file. A "#" belongs to a name: a
 * folder has no fragment.
 */
export const under = (base: string): ((path: string) => string) => {
  const [folder = "", ...query] = base.replaceAll("#", "%23").split("?");
  const root = absolute(folder.endsWith("/") ? folder : `${folder}/`);
  const search = query.length > 0 ? `?${query.join("?")}` : "";
  return (path) => new URL(path, root).href + search;
};

/** Less than this is not worth keeping for the next visit. */
const leastPartBytes = 64 * 1024;

/**
 * Files under an address. What a manifest describes is checked against it, and kept by its hash in the browser's Cache
 * API, so that a second visit downloads nothing. An interrupted download goes on where it was, after a wait or at the
 * next visit, if the server can send parts. A failed one leaves what is kept as it was.
 */
export const downloads = (
  base: string,
  { cache = fileCache(), partsFrom = inPartsFrom, ...how }: DownloadOptions = {},
): Files => {
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
  /** Where a large file is kept that has a hash: the disk, or the browser's; undefined where neither is to be had. */
  const store = async () => {
    if (!inNode()) return (await import("./opfs/kept-in-opfs.js")).keptInOpfs(how);
    const { diskCacheFolder, keptOnDisk } = await import("./kept-on-disk.js");
    return keptOnDisk(diskCacheFolder(), how);
  };
  let large: ReturnType<typeof store> | undefined;
  let notes: readonly string[] = [];
  let sendsWhole = false; // asked once of a server
  return {
    name: base,
    get notes() {
      return notes;
    },
    async open(path, options = {}) {
      const { expected } = options;
      if (expected && expected.bytes < partsFrom) return undefined;
      if (expected) {
        large ??= store();
        const kept = await large;
        const file = await kept?.open(base, path, options);
        if (kept && "notes" in kept) notes = kept.notes;
        if (file) return file;
      }
      if (sendsWhole) return undefined;
      const { rangeFile } = await import("./http/range-file.js");
      const found = await rangeFile(addressOf(path), options, how);
      sendsWhole ||= found === undefined;
      return found;
    },
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
