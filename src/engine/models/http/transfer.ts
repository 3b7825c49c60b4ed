import { EngineError } from "../../errors.js";
import { type ReadOptions, stopped } from "../source.js";
import { allowed } from "./allowed.js";

/** What has arrived of a file; it outlives an attempt that fails, so that the next one asks for the rest only. */
export interface Arrived {
  readonly bytes: number;
  add(chunk: Uint8Array): void | Promise<void>;
  forget(): void | Promise<void>;
}

/** An attempt that may succeed when made again. */
export class Interrupted extends Error {
  /** How long the server asks to wait; undefined where it says nothing. */
  readonly waitMs: number | undefined;

  constructor(why: string, { waitMs, cause }: { waitMs?: number; cause?: unknown } = {}) {
    super(why, { cause });
    this.waitMs = waitMs;
  }
}

/** Of a server that is busy, in seconds; the form with a date is not worth a clock's error. */
const waitOf = (headers: Headers): { waitMs?: number } => {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? { waitMs: 1000 * Math.min(Math.max(seconds, 0), 30) } : {};
};

/** Whether an answer of 206 goes on where we are. */
const continues = ({ headers }: Response, from: number): boolean =>
  headers.get("content-range")?.startsWith(`bytes ${from}-`) === true;

/** What a source of files makes of an answer that is none; undefined where it has nothing better to say. */
export type Explain = (response: Response) => EngineError | undefined;

/** What an attempt is told beside where and what. */
export interface TransferOptions {
  /** An attempt that brings no byte for so long is interrupted. */
  readonly stallMs: number;
  readonly explain?: Explain | undefined;
  /** Told of every good answer before its body is read. */
  readonly onAnswer?: ((response: Response) => void) | undefined;
}

/** Refuses an answer that is none: what cannot get better as an EngineError, what can as Interrupted. */
export const expectGood = (where: string, response: Response, explain: Explain | undefined): void => {
  const { status, headers } = response;
  const known = response.ok ? undefined : explain?.(response);
  if (known) throw known;
  // Servers for single-page apps answer every unknown path with their start page.
  const isPage = headers.get("content-type")?.startsWith("text/html") === true && !/\.html?(\?|$)/.test(where);
  if (status === 403 && new URL(response.url).origin !== new URL(where).origin)
    throw new Interrupted("the server that it was redirected to answered 403, as for an address that has expired");
  // A store that may not list its files (S3) answers so for one that is not there.
  if (status === 403)
    throw new EngineError("file-missing", `${where} is not there, or may not be read: the server answered 403.`, {
      hint: "Check the address of the model's folder, and that the server lets everyone read it.",
    });
  if (status === 404 || status === 410 || (response.ok && isPage))
    throw new EngineError("file-missing", `${where} does not exist${isPage ? " (the server sent a web page)" : ""}.`, {
      hint: "Check the address of the model's folder.",
    });
  const said = `the server answered ${status} ${response.statusText}`.trim();
  if (status >= 500 || status === 408 || status === 416 || status === 429) throw new Interrupted(said, waitOf(headers));
  if (!response.ok || !response.body)
    throw new EngineError("download-failed", `The download of ${where} failed: ${said}.`, {
      hint: "Check that the server lets everyone read the model's folder.",
    });
};

/** The body of a good answer. What cannot get better is an EngineError, what can is Interrupted. */
const bodyOf = async (
  where: string,
  response: Response,
  arrived: Arrived,
  explain: Explain | undefined,
): Promise<ReadableStream<Uint8Array>> => {
  const { status } = response;
  if (status === 416 || (status === 206 && !continues(response, arrived.bytes))) {
    await arrived.forget();
    throw new Interrupted("the server has another part of the file than was asked for");
  }
  expectGood(where, response, explain);
  if (status !== 206) await arrived.forget(); // A server without ranges begins again.
  return response.body as ReadableStream<Uint8Array>;
};

/** What an attempt failed with, as its caller reads it. */
export const broken = (cause: unknown, stalledMs: number | undefined): unknown => {
  if (cause instanceof EngineError || cause instanceof Interrupted) return cause;
  if (stalledMs !== undefined) return new Interrupted(`no byte came for ${stalledMs / 1000} s`, { cause });
  return new Interrupted(cause instanceof Error ? cause.message : String(cause), { cause });
};

/** A request that ends with its caller's signal, and when nothing is heard of it for a while. */
export const stallGuard = (signal: ReadOptions["signal"], stallMs: number) => {
  const request = new AbortController();
  const abort = (): void => request.abort();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stalled = false;
  signal?.addEventListener("abort", abort);
  return {
    request: request.signal,
    /** Something was heard. */
    alive(): void {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        abort();
      }, stallMs);
    },
    stalled: (): boolean => stalled,
    end(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      abort();
    },
  };
};

/**
 * One attempt to load what is missing of a file. Parts are only asked for where a hash will tell whether they fit.
 *
 * @throws Interrupted, or EngineError "file-missing", "download-failed", "stopped"
 */
export const transfer = async (
  where: string,
  arrived: Arrived,
  { signal, onProgress, expected }: ReadOptions,
  { stallMs, explain, onAnswer }: TransferOptions,
): Promise<void> => {
  if (!expected) await arrived.forget();
  const { request, alive, end, stalled } = stallGuard(signal, stallMs);
  try {
    alive();
    const rest = arrived.bytes > 0;
    // Revalidated: an older file from the browser's own cache would not fit a newer manifest.
    const response = await allowed(where, rest, () =>
      fetch(where, {
        signal: request,
        cache: rest ? "no-store" : "no-cache",
        ...(rest ? { headers: { range: `bytes=${arrived.bytes}-` } } : {}),
      }),
    );
    const reader = (await bodyOf(where, response, arrived, explain)).getReader();
    onAnswer?.(response);
    const plain = response.headers.get("content-encoding") === null;
    const total = expected?.bytes ?? (plain ? Number(response.headers.get("content-length") ?? 0) : 0);
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      alive();
      await arrived.add(next.value);
      if (expected && arrived.bytes > expected.bytes) return;
      onProgress?.(arrived.bytes, total);
    }
    if (arrived.bytes < total) throw new Interrupted(`it ended after ${arrived.bytes} of ${total} bytes`);
  } catch (cause) {
    if (signal?.aborted) throw stopped(where);
    throw broken(cause, stalled() ? stallMs : undefined);
  } finally {
    end();
  }
};
