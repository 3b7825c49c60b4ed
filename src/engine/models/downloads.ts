import { EngineError } from "../errors.js";
import { type FileCache, fileCache } from "./file-cache.js";
import { type Files, type ReadOptions, stopped, verify } from "./source.js";

export interface DownloadOptions {
  /** A download that brings no byte for so long has failed. Default 30 000. */
  readonly stallMs?: number;
  /** Where files with a known hash are kept. Default the browser's Cache API, where there is one. */
  readonly cache?: FileCache;
}

const failed = (where: string, why: string, cause?: unknown) =>
  new EngineError("download-failed", `The download of ${where} failed: ${why}.`, {
    hint: "Check the connection, then try again; files that are complete are kept.",
    cause,
  });

/** The body of a good answer; everything else is an EngineError. */
const bodyOf = (where: string, response: Response): ReadableStream<Uint8Array> => {
  const { status, headers, body } = response;
  // Servers for single-page apps answer every unknown path with their start page.
  const isPage = headers.get("content-type")?.startsWith("text/html") === true && !/\.html?$/.test(where);
  if (status === 404 || status === 410 || (response.ok && isPage))
    throw new EngineError("file-missing", `${where} does not exist${isPage ? " (the server sent a web page)" : ""}.`, {
      hint: "Check the address of the model's folder.",
    });
  if (!response.ok || !body) throw failed(where, `the server answered ${status} ${response.statusText}`.trim());
  return body;
};

const joined = (chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
};

const download = async (where: string, options: ReadOptions, stallMs: number): Promise<Uint8Array<ArrayBuffer>> => {
  const { signal, onProgress, expected } = options;
  const request = new AbortController();
  const abort = () => request.abort();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stalled = false;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stalled = true;
      abort();
    }, stallMs);
  };
  signal?.addEventListener("abort", abort);
  try {
    alive();
    // Revalidated: an older file from the browser's own cache would not fit a newer manifest.
    const response = await fetch(where, { signal: request.signal, cache: "no-cache" });
    const reader = bodyOf(where, response).getReader();
    const plain = response.headers.get("content-encoding") === null;
    const total = expected?.bytes ?? (plain ? Number(response.headers.get("content-length") ?? 0) : 0);
    const chunks: Uint8Array[] = [];
    let loaded = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      alive();
      chunks.push(next.value);
      loaded += next.value.byteLength;
      if (expected && loaded > expected.bytes) break;
      onProgress?.(loaded, total);
    }
    if (loaded < total) throw failed(where, `it ended after ${loaded} of ${total} bytes`);
    return joined(chunks, loaded);
  } catch (cause) {
    if (signal?.aborted) throw stopped(where);
    if (cause instanceof EngineError) throw cause;
    if (stalled) throw failed(where, `no byte came for ${stallMs / 1000} s`, cause);
    throw failed(where, cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    abort();
  }
};

/**
 * Files under an address. What a manifest describes is checked against it, and kept by its hash in the browser's Cache
 * API, so that a second visit downloads nothing. A failed download leaves what is kept as it was.
 */
export const downloads = (base: string, { stallMs = 30_000, cache = fileCache() }: DownloadOptions = {}): Files => {
  const root = base.endsWith("/") ? base : `${base}/`;
  return {
    name: base,
    async read(path, options = {}) {
      const { signal, onProgress, expected } = options;
      const where = new URL(path, root).href;
      if (signal?.aborted) throw stopped(where);
      const kept = expected && (await cache.get(expected));
      if (signal?.aborted) throw stopped(where);
      if (kept) {
        onProgress?.(kept.byteLength, kept.byteLength);
        return kept;
      }
      const bytes = await download(where, options, stallMs);
      await verify(where, bytes, expected);
      if (expected) await cache.put(expected, bytes, path);
      return bytes;
    },
  };
};
