import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type DownloadOptions, downloads } from "../../src/engine/models/downloads.js";
import { fileCache } from "../../src/engine/models/file-cache.js";
import type { Retry } from "../../src/engine/models/source.js";
import { engineRejection } from "../error.js";
import { serve } from "./serve.js";

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251);
const expectedOf = (bytes: Uint8Array) => ({
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});
const expected = expectedOf(content);

/** Waits next to nothing between attempts. */
const impatient = (base: string, options: DownloadOptions = {}) => downloads(base, { retryMs: 1, ...options });

/** Node has no Cache API; this one keeps the bytes of one cache, as far as the engine uses it. */
const storage = () => {
  const kept = new Map<string, Response>();
  const cache = {
    match: async (key: string) => kept.get(key)?.clone(),
    put: async (key: string, response: Response) => void kept.set(key, response),
    delete: async (key: string) => kept.delete(key),
  };
  return { kept, storage: { open: async () => cache } as unknown as CacheStorage };
};

describe("downloads", () => {
  it("reads a file and counts its bytes", async () => {
    const base = await serve((_, response) =>
      response.writeHead(200, { "content-length": content.length }).end(content),
    );
    const seen: [number, number][] = [];
    const bytes = await downloads(base).read("a.bin", { onProgress: (loaded, total) => seen.push([loaded, total]) });
    expect(bytes).toEqual(content);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every(([loaded, total], i) => total === content.length && loaded > (seen[i - 1]?.[0] ?? 0))).toBe(true);
    expect(seen.at(-1)?.[0]).toBe(content.length);
  });

  it.each(["models/nano", "models/nano/"])("reads below the base %s", async (path) => {
    const base = await serve((asked, response) => response.end(asked));
    const bytes = await downloads(base + path).read("transformer/config.json");
    expect(new TextDecoder().decode(bytes)).toBe("models/nano/transformer/config.json");
  });

  it("does not take the size of a compressed answer for the file's", async () => {
    const base = await serve((_, response) => {
      const packed = gzipSync(content);
      response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length }).end(packed);
    });
    const totals = new Set<number>();
    expect(await downloads(base).read("a", { onProgress: (_, total) => totals.add(total) })).toEqual(content);
    expect(totals).toEqual(new Set([0]));
    await downloads(base).read("a", { expected, onProgress: (_, total) => totals.add(total) });
    expect(totals).toEqual(new Set([0, content.length]));
  });

  it("says that a file is missing, also when the server sends its start page instead", async () => {
    const base = await serve((path, response) =>
      path === "gone" ? response.writeHead(404).end() : response.setHeader("content-type", "text/html").end("<html>"),
    );
    expect((await engineRejection("file-missing", downloads(base).read("gone"))).message).toContain(`${base}gone`);
    expect((await engineRejection("file-missing", downloads(base).read("a.json"))).message).toContain("web page");
  });

  it("names the server's answer when it is an error", async () => {
    const base = await serve((path, response) => response.writeHead(path === "busy" ? 503 : 401).end());
    const read = (path: string) => engineRejection("download-failed", impatient(base).read(path));
    expect((await read("busy")).message).toContain("failed 5 times: the server answered 503");
    expect((await read("private")).message).toContain("failed: the server answered 401");
  });

  it("says that no server answers", async () => {
    const error = await engineRejection("download-failed", impatient("http://127.0.0.1:9/").read("a"));
    expect(error.hint).toContain("connection");
  });

  it("notices a connection that ends too early", async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 1000), () => response.destroy());
    });
    await engineRejection("download-failed", impatient(base).read("a"));
  });

  it("notices a file that ends too early for its manifest", async () => {
    const base = await serve((_, response) => response.end(content.subarray(0, 1000)));
    const error = await engineRejection("download-failed", impatient(base).read("a", { expected }));
    expect(error.message).toContain("1000 of 300000 bytes");
  });

  it("gives up when nothing comes any more", async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 1000));
    });
    const error = await engineRejection("download-failed", impatient(base, { stallMs: 200, retries: 1 }).read("a"));
    expect(error.message).toContain("no byte came for 0.2 s");
  });

  it("waits for a slow download as long as something comes", async () => {
    const base = await serve(async (_, response) => {
      response.writeHead(200, { "content-length": 17 });
      for (const byte of "slowly and surely") {
        response.write(byte);
        await new Promise((later) => setTimeout(later, 100)); // 1.7 s in all, each far below the limit
      }
      response.end();
    });
    expect(await downloads(base, { stallMs: 1500 }).read("a")).toHaveLength(17);
  });

  it("stops when asked, before and while it loads", async () => {
    const stop = new AbortController();
    const base = await serve((_, response) => {
      response.writeHead(200).write(content.subarray(0, 1000));
    });
    const loading = downloads(base).read("a", { signal: stop.signal, onProgress: () => stop.abort() });
    await engineRejection("stopped", loading);
    await engineRejection("stopped", downloads(base).read("a", { signal: stop.signal }));
  });

  it("refuses another content of the same size, a longer one without reading it all", async () => {
    let sent = 0;
    const base = await serve((path, response) => {
      if (path === "same") {
        response.end(content.map((byte) => byte ^ 1));
        return;
      }
      const more = () => {
        if (!response.destroyed && sent++ < 1000) response.write(content, more);
      };
      more();
    });
    expect((await engineRejection("hash-mismatch", downloads(base).read("same", { expected }))).message).toContain(
      expected.sha256,
    );
    await engineRejection("hash-mismatch", downloads(base).read("long", { expected }));
    expect(sent).toBeLessThan(1000);
  });
});

/** A server of `content` that sends `least` bytes of each answer and then breaks the connection, `times` times. */
const breaking = async ({
  times,
  least = 100_000,
  ranges = true,
}: {
  times: number;
  least?: number;
  ranges?: boolean;
}) => {
  const asked: (string | undefined)[] = [];
  const base = await serve((_, response, { headers: { range } }) => {
    asked.push(range);
    const from = ranges ? Number(/\d+/.exec(range ?? "0")?.[0]) : 0;
    response.writeHead(ranges && range ? 206 : 200, {
      "content-length": content.length - from,
      ...(ranges && range ? { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    });
    if (asked.length > times) response.end(content.subarray(from));
    else response.write(content.subarray(from, from + least), () => setImmediate(() => response.destroy()));
  });
  return { base, asked };
};

describe("an interrupted download", () => {
  it("goes on where it was, says so, and gives the whole file", async () => {
    const { base, asked } = await breaking({ times: 2 });
    const retries: Retry[] = [];
    const bytes = await impatient(base).read("a", { expected, onRetry: (retry) => retries.push(retry) });
    expect(bytes).toEqual(content);
    const starts = asked.map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? "bytes=0-")?.[1]));
    expect(starts).toHaveLength(3);
    expect(starts[0]).toBe(0);
    expect(starts[1]).toBeGreaterThan(0);
    expect(starts[2]).toBeGreaterThan(starts[1] as number);
    expect(retries.map(({ attempt, attempts }) => [attempt, attempts])).toEqual([
      [2, 5],
      [3, 5],
    ]);
  });

  it.each([
    ["the server sends no parts", { expected }, false],
    ["no hash would tell whether they fit", {}, true],
  ])("begins again where %s", async (_, options, ranges) => {
    const { base, asked } = await breaking({ times: 1, ranges });
    expect(await impatient(base).read("a", options)).toEqual(content);
    expect(asked).toHaveLength(2);
  });

  it("gives up after its attempts, keeps what has arrived, and the next visit asks for the rest", async () => {
    const { storage: caches } = storage();
    const { base, asked } = await breaking({ times: 2 });
    const files = impatient(base, { retries: 1, cache: fileCache(caches) });
    const error = await engineRejection("download-failed", files.read("a", { expected }));
    expect(error.message).toContain("failed 2 times");
    expect(await files.read("a", { expected })).toEqual(content);
    expect(Number(/\d+/.exec(asked[2] ?? "")?.[0])).toBeGreaterThan(Number(/\d+/.exec(asked[1] ?? "")?.[0]));
    expect(await files.read("a", { expected })).toEqual(content);
    expect(asked).toHaveLength(3);
  });

  it("keeps what had arrived when the reader stopped it", async () => {
    const { storage: caches } = storage();
    const { base, asked } = await breaking({ times: 1 });
    const files = impatient(base, { cache: fileCache(caches) });
    const stop = new AbortController();
    const onProgress = (loaded: number) => void (loaded >= 65_536 && stop.abort());
    await engineRejection("stopped", files.read("a", { expected, signal: stop.signal, onProgress }));
    expect(await files.read("a", { expected })).toEqual(content);
    expect(asked[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it("drops a part that does not fit the rest, and loads the whole", async () => {
    const { storage: caches } = storage();
    const { base, asked } = await breaking({ times: 0 });
    const cache = fileCache(caches);
    await cache.keepPart(expected, new Uint8Array(1000).fill(9), "a");
    expect(await impatient(base, { cache }).read("a", { expected })).toEqual(content);
    expect(asked).toEqual(["bytes=1000-", undefined]);
    expect(await cache.part(expected)).toBeUndefined();
  });

  it("begins again when the server answers with another part than was asked for", async () => {
    const { storage: caches } = storage();
    let asked = 0;
    const base = await serve((_, response, { headers: { range } }) => {
      asked++;
      if (range) response.writeHead(206, { "content-range": "bytes 5-9/10" }).end("wrong");
      else response.end(content);
    });
    const cache = fileCache(caches);
    await cache.keepPart(expected, content.slice(0, 1000), "a");
    expect(await impatient(base, { cache }).read("a", { expected })).toEqual(content);
    expect(asked).toBe(2);
  });

  it("stops while it waits for the next attempt", async () => {
    const base = await serve((_, response) => response.writeHead(503, { "retry-after": "3600" }).end());
    const stop = new AbortController();
    const loading = downloads(base).read("a", { signal: stop.signal, onRetry: () => stop.abort() });
    await engineRejection("stopped", loading);
  });
});

describe("fileCache", () => {
  it("downloads once, checks what is kept, and downloads again when that is harmed", async () => {
    let asked = 0;
    const base = await serve((_, response) => {
      asked++;
      response.end(content);
    });
    const { kept, storage: caches } = storage();
    const read = () => downloads(base, { cache: fileCache(caches) }).read("a.bin", { expected });
    expect(await read()).toEqual(content);
    expect(await read()).toEqual(content);
    expect(asked).toBe(1);
    expect([...kept.values()][0]?.headers.get("x-file")).toBe("a.bin");
    kept.set([...kept.keys()][0] ?? "", new Response("harmed"));
    expect(await read()).toEqual(content);
    expect(asked).toBe(2);
    expect(await read()).toEqual(content);
    expect(asked).toBe(2);
  });

  it("keeps nothing of a failed download, and what was kept before", async () => {
    const base = await serve((path, response) => response.end(path === "good" ? content : "bad"));
    const { kept, storage: caches } = storage();
    const files = impatient(base, { cache: fileCache(caches) });
    await files.read("good", { expected });
    await engineRejection("download-failed", files.read("bad", { expected: expectedOf(content.slice(1)) }));
    expect([...kept.keys()]).toEqual([`https://sha256.invalid/${expected.sha256}`]);
  });

  it("does without keeping where there is no room", async () => {
    const full = () => Promise.reject(new DOMException("no room", "QuotaExceededError"));
    const cache = { match: async () => undefined, put: full, delete: async () => false };
    const base = await serve((_, response) => response.end(content));
    const files = downloads(base, { cache: fileCache({ open: async () => cache } as unknown as CacheStorage) });
    expect(await files.read("a", { expected })).toEqual(content);
  });

  it("does without a cache that the browser refuses", async () => {
    const refused = { open: () => Promise.reject(new DOMException("denied", "SecurityError")) };
    const base = await serve((_, response) => response.end(content));
    const files = downloads(base, { cache: fileCache(refused as unknown as CacheStorage) });
    expect(await files.read("a", { expected })).toEqual(content);
  });
});
