import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { downloads } from "../../src/engine/models/downloads.js";
import { rangeFile } from "../../src/engine/models/http/range-file.js";
import { openShard, readShard } from "../../src/engine/models/read-shard.js";
import type { Files } from "../../src/engine/models/source.js";
import { engineRejection } from "../error.js";
import { fixtureFolder } from "../golden/fixture.js";
import { serve } from "./serve.js";

const path = "diffusion_pytorch_model.safetensors";
const folder = join(fixtureFolder("real/dit"), "transformer");
const content = readFileSync(join(folder, path));
const expected = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
const span = 32_768;

interface Quirks {
  /** What stands in the file's place from the n-th request on. */
  readonly laterFrom?: number;
  /** Requests that break off half-way. */
  readonly broken?: readonly number[];
  readonly ranges?: boolean;
  readonly bytes?: Buffer;
}

/** A server of one file that sends parts of it. */
const serveParts = async ({ laterFrom, broken = [], ranges = true, bytes = content }: Quirks = {}) => {
  const asked: string[] = [];
  const base = await serve((_, response, { headers: { range = "" } }) => {
    const request = asked.push(range);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const begin = Number(from ?? 0);
    const end = Math.min(bytes.length, Number(to ?? bytes.length) + 1);
    const partial = ranges && from !== undefined;
    const part = partial ? bytes.subarray(begin, end) : bytes;
    response.writeHead(partial ? 206 : 200, {
      etag: laterFrom !== undefined && request >= laterFrom ? '"b"' : '"a"',
      "content-length": part.length,
      ...(partial ? { "content-range": `bytes ${begin}-${end - 1}/${bytes.length}` } : {}),
    });
    if (!broken.includes(request)) response.end(part);
    else response.write(part.subarray(0, part.length / 2), () => setImmediate(() => response.destroy()));
  });
  /** As a source that reads this file in small spans. */
  const files: Files = {
    name: base,
    read: async () => new Uint8Array(bytes),
    open: (name, options = {}) => rangeFile(base + name, options, { retryMs: 1 }, span),
  };
  return { base, asked, files };
};

const tensorsOf = async (files: Files, options = {}) =>
  [...(await readShard(files, path, options, 0))].map(([name, { data }]) => [name, data] as const);
const wanted = () => [...readSafetensors(content)].map(([name, { data }]) => [name, data] as const);

describe("a file of which a server sends parts", () => {
  test("has its tensors, each byte asked for once, from front to back", async () => {
    const { files, asked } = await serveParts();
    expect(await tensorsOf(files, { expected })).toEqual(wanted());
    const spans = Math.ceil(content.length / span);
    expect(asked).toEqual(
      Array.from({ length: spans }, (_, at) => `bytes=${at * span}-${Math.min(content.length, (at + 1) * span) - 1}`),
    );
  });

  test("goes on behind a connection that broke", async () => {
    const { files, asked } = await serveParts({ broken: [1, 4] });
    const retries: number[] = [];
    const onRetry = ({ attempt }: { attempt: number }) => void retries.push(attempt);
    expect(await tensorsOf(files, { expected, onRetry })).toEqual(wanted());
    expect(retries).toEqual([2, 2]);
    expect(asked).toHaveLength(Math.ceil(content.length / span) + 2);
  });

  test("is refused where its hash or its size differs", async () => {
    const harmed = Buffer.from(content);
    harmed[content.length - 1] = (harmed[content.length - 1] as number) ^ 1;
    const { files } = await serveParts({ bytes: harmed });
    expect((await engineRejection("hash-mismatch", tensorsOf(files, { expected }))).message).toContain(
      "its SHA-256 is",
    );
    const more = { ...expected, bytes: expected.bytes + 1 };
    const error = await engineRejection("hash-mismatch", tensorsOf((await serveParts()).files, { expected: more }));
    expect(error.message).toContain(`it has ${content.length} bytes instead of ${content.length + 1}`);
  });

  test("is refused where it changes while it is read", async () => {
    const { files } = await serveParts({ laterFrom: 3 });
    const error = await engineRejection("download-failed", tensorsOf(files));
    expect(error.message).toContain("changed while it was read");
    expect(error.hint).toContain("Load the model again");
  });

  test("gives one tensor for two requests, without the rest", async () => {
    const { files, asked } = await serveParts();
    const shard = await openShard(files, path, {});
    const last = shard.entries.at(-1);
    if (!last) throw new Error("the file has no tensors");
    expect(Buffer.from(await shard.bytesOf(last))).toEqual(content.subarray(last.begin, last.end));
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test("stops when asked", async () => {
    const { files } = await serveParts();
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    await engineRejection("stopped", tensorsOf(files, { signal: stop.signal, onProgress }));
  });
});

test("a large file that has a hash is downloaded to the disk of Node, and read there by its handle", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kept-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const { base, asked } = await serveParts();
  for (let visit = 0; visit < 2; visit++) {
    const file = await downloads(base, { partsFrom: 1000 }).open?.(path, { expected });
    expect(Buffer.from((await file?.read(8, 20)) ?? [])).toEqual(content.subarray(8, 20));
    await file?.close();
  }
  expect(asked).toEqual([""]);
  expect(readdirSync(join(folder, "diffusion-cache"))).toEqual([expected.sha256]);
});

test("a server that sends whole files alone is read whole, over HTTP as in parts", async () => {
  for (const ranges of [true, false]) {
    const { base } = await serveParts({ ranges });
    const found = await tensorsOf(downloads(base));
    expect(found).toEqual(wanted());
  }
});
