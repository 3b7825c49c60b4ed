import { difference, type Expected } from "./source.js";

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
}

/** Name of the browser's cache that holds model files. */
export const fileCacheName = "diffusion-cache-files";

// Cache API keys are addresses; this top-level domain can never be a real one.
const keyOf = ({ sha256 }: Expected) => `https://sha256.invalid/${sha256}`;
const partOf = (expected: Expected) => `${keyOf(expected)}/part`;

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
  };
};
