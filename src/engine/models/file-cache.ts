import { accept, aText, is, listOf, optional } from "../expect.js";
import type { CacheStorage } from "../platform.js";
import { deleteFromFileSystem, keptInFileSystem } from "./opfs/kept-list.js";
import { difference, type Expected, hashOf } from "./source.js";

/** Files kept between visits, by their hash. Keeping is a convenience: no method ever fails. */
export interface FileCache {
  /** The bytes, if they are kept and unharmed. */
  get(expected: Expected): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** @param path the file's name, for whoever lists what is kept */
  put(expected: Expected, bytes: Uint8Array<ArrayBuffer>, path: string): Promise<void>;
  /** The beginning of a file whose download was interrupted; unchecked, since only the whole has a hash. */
  part(expected: Expected): Promise<Uint8Array<ArrayBuffer> | undefined>;
  keepPart(expected: Expected, bytes: Uint8Array<ArrayBuffer>, path: string): Promise<void>;
  dropPart(expected: Expected): Promise<void>;
  /** What was last read of an address whose content may change: for those who are without a network. */
  text(address: string): Promise<string | undefined>;
  keepText(address: string, text: string): Promise<void>;
}

/** Name of the browser's cache that holds model files. */
export const fileCacheName = "diffusion-cache-files";

// Cache API keys are addresses; this top-level domain can never be a real one.
const keyOf = (expected: Expected) => {
  const [name, hash] = hashOf(expected);
  return `https://${name === "SHA-256" ? "sha256" : "git-blob"}.invalid/${hash}`;
};
const partOf = (expected: Expected) => `${keyOf(expected)}/part`;

const textKey = (address: string) => `https://text.invalid/${encodeURIComponent(address)}`;

const kept = (bytes: Uint8Array<ArrayBuffer>, path: string): Response =>
  new Response(bytes, { headers: { "content-length": String(bytes.byteLength), "x-file": path } });

/**
 * The browser's Cache API; keeps nothing where there is none (Node, insecure pages) or where it is refused (private
 * windows, full disks).
 *
 * @param storage where caches are, the global `caches` unless told
 */
export const fileCache = (storage: CacheStorage | undefined = globalThis.caches): FileCache => {
  const quietly = async <T>(work: (cache: Cache) => Promise<T>): Promise<T | undefined> => {
    try {
      return storage && (await work(await storage.open(fileCacheName)));
    } catch {
      return undefined; // A cache that cannot be used is a cache without entries.
    }
  };
  return {
    get: (expected) =>
      quietly(async (cache) => {
        const response = await cache.match(keyOf(expected));
        if (!response) return undefined;
        const bytes = new Uint8Array(await response.arrayBuffer());
        if ((await difference(bytes, expected)) === undefined) return bytes;
        await cache.delete(keyOf(expected));
        return undefined;
      }),
    async put(expected, bytes, path) {
      await quietly((cache) => cache.put(keyOf(expected), kept(bytes, path)));
      await quietly((cache) => cache.delete(partOf(expected)));
    },
    part: (expected) =>
      quietly(async (cache) => {
        const response = await cache.match(partOf(expected));
        const bytes = response && new Uint8Array(await response.arrayBuffer());
        return bytes && bytes.byteLength > 0 && bytes.byteLength < expected.bytes ? bytes : undefined;
      }),
    async keepPart(expected, bytes, path) {
      await quietly((cache) => cache.put(partOf(expected), kept(bytes, path)));
    },
    async dropPart(expected) {
      await quietly((cache) => cache.delete(partOf(expected)));
    },
    text: (address) => quietly(async (cache) => (await cache.match(textKey(address)))?.text()),
    async keepText(address, text) {
      await quietly((cache) => cache.put(textKey(address), kept(new TextEncoder().encode(text), address)));
    },
  };
};

const aStorage = is(
  "the browser's CacheStorage, which secure pages have",
  (value) => typeof (value as CacheStorage | undefined)?.open === "function",
);

/** A file of a model that the browser keeps. */
export interface KeptFile {
  /** What to delete it by. */
  readonly key: string;
  /** Its path in the model's folder; the same path may be kept of several models. */
  readonly path: string;
  /** Of what is there; a part has fewer than the whole file. */
  readonly bytes: number;
  /** Whether it is the beginning of a file whose download was interrupted. */
  readonly part: boolean;
}

/**
 * The model files that this browser keeps for this site: those of its Cache API in the order they came, and the large ones
 * of its private file system.
 *
 * @throws EngineError "input-invalid" where there is no Cache API (Node, insecure pages); whatever the browser throws
 *   where it refuses it (private windows)
 */
export const keptFiles = async (storage: CacheStorage = globalThis.caches): Promise<readonly KeptFile[]> => {
  accept("keptFiles", { storage: [storage, aStorage] });
  const large = storage === globalThis.caches ? await keptInFileSystem() : [];
  if (!(await storage.has(fileCacheName))) return large;
  const cache = await storage.open(fileCacheName);
  const keys = await cache.keys();
  const found = keys.map(async ({ url }): Promise<KeptFile | undefined> => {
    const response = await cache.match(url);
    if (!response) return undefined;
    const bytes = Number(response.headers.get("content-length") ?? 0);
    return { key: url, path: response.headers.get("x-file") ?? "?", bytes, part: url.endsWith("/part") };
  });
  return [...(await Promise.all(found)).filter((file) => file !== undefined), ...large];
};

/** Deletes kept files; all of them unless told which. */
export const deleteKeptFiles = async (
  keys?: readonly string[],
  storage: CacheStorage = globalThis.caches,
): Promise<void> => {
  accept("deleteKeptFiles", { keys: [keys, optional(listOf(aText))], storage: [storage, aStorage] });
  if (storage === globalThis.caches) await deleteFromFileSystem(keys);
  if (!keys) return void (await storage.delete(fileCacheName));
  const cache = await storage.open(fileCacheName);
  for (const key of keys) await cache.delete(key);
};
