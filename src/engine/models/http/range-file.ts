import { EngineError } from "../../errors.js";
import { type RunningHash, sha256 } from "../../files/sha256.js";
import { difference, type OpenFile, type ReadOptions, stopped } from "../source.js";
import { allowed } from "./allowed.js";
import { type AttemptOptions, attempts, usualStallMs } from "./attempts.js";
import { broken, expectGood, Interrupted, stallGuard } from "./transfer.js";

/** Asked for at once: tensors are small, and each request costs a way there and back. */
const usualSpan = 2 ** 23;

interface Span {
  readonly begin: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the whole file. */
  readonly total: number;
  /** What tells this file from one that takes its place; "" where the server says nothing. */
  readonly version: string;
}

/** One attempt to load the bytes [begin, end); undefined where the server sends no parts, or not where they lie. */
const loadSpan = async (
  where: string,
  begin: number,
  end: number,
  { signal }: ReadOptions,
  { stallMs = usualStallMs, explain }: AttemptOptions,
): Promise<Span | undefined> => {
  if (signal?.aborted) throw stopped(where);
  const guard = stallGuard(signal, stallMs);
  try {
    guard.alive();
    const headers = { range: `bytes=${begin}-${end - 1}` };
    const ask = () => fetch(where, { signal: guard.request, cache: "no-store", headers });
    const response = await allowed(where, begin > 0, ask);
    expectGood(where, response, explain);
    const [, from, to, all] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get("content-range") ?? "") ?? [];
    const plain = response.headers.get("content-encoding") === null;
    if (response.status !== 206 || Number(from) !== begin || !plain) return undefined;
    const bytes = new Uint8Array(Number(to) + 1 - begin);
    let arrived = 0;
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      guard.alive();
      if (arrived + next.value.byteLength > bytes.byteLength) throw new Interrupted("more came than was asked for");
      bytes.set(next.value, arrived);
      arrived += next.value.byteLength;
    }
    if (arrived < bytes.byteLength) throw new Interrupted(`it ended after ${begin + arrived} of ${all} bytes`);
    const version = response.headers.get("etag") ?? response.headers.get("last-modified") ?? "";
    return { begin, bytes, total: Number(all), version };
  } catch (cause) {
    if (signal?.aborted) throw stopped(where);
    throw broken(cause, guard.stalled() ? stallMs : undefined);
  } finally {
    guard.end();
  }
};

/**
 * A file on a server, read in parts (HTTP Range) and kept nowhere: neither the whole file nor a copy of it is ever in
 * memory. Its hash is made while it is read from front to back. Undefined where the server sends whole files alone.
 *
 * @throws EngineError "file-missing", "download-failed", "stopped"; of `read` also for a file that changed meanwhile
 */
export const rangeFile = async (
  where: string,
  options: ReadOptions,
  how: AttemptOptions = {},
  spanBytes = usualSpan,
): Promise<OpenFile | undefined> => {
  const load = (begin: number, end: number): Promise<Span | undefined> =>
    attempts(where, options, how, () => loadSpan(where, begin, end, options, how));
  const first = await load(0, spanBytes);
  if (!first) return undefined;
  const { total, version } = first;
  const hash: RunningHash = sha256();
  let hashed = 0;
  let span = first;
  const follow = ({ begin, bytes }: Span): void => {
    if (begin !== hashed) return;
    hash.update(bytes);
    hashed += bytes.byteLength;
  };
  follow(first);
  /** The part of the file that holds a byte. */
  const spanAt = async (at: number): Promise<Span> => {
    if (at >= span.begin && at < span.begin + span.bytes.byteLength) return span;
    const next = await load(at, Math.min(total, at + spanBytes));
    if (!next || next.total !== total || next.version !== version)
      throw new EngineError("download-failed", `${where} changed while it was read.`, {
        hint: "Load the model again.",
      });
    span = next;
    follow(next);
    return next;
  };
  const read = async (begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(end - begin);
    for (let at = begin; at < end; ) {
      const { begin: from, bytes: some } = await spanAt(at);
      const part = some.subarray(at - from, end - from);
      bytes.set(part, at - begin);
      at += part.byteLength;
    }
    return bytes;
  };
  return {
    bytes: total,
    read,
    hashesAsRead: true,
    async difference(expected) {
      if (total !== expected.bytes) return `it has ${total} bytes instead of ${expected.bytes}`;
      if ("gitBlob" in expected) return difference(await read(0, total), expected);
      while (hashed < total) await spanAt(hashed);
      const found = hash.hex();
      return found === expected.sha256 ? undefined : `its SHA-256 is ${found} instead of ${expected.sha256}`;
    },
    close: async () => {},
  };
};
