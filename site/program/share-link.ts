import { toClipboard } from "../page/clipboard.js";

// What a link can carry behind its "#": JSON, deflated, in base64url, with the version of the format in front. It never
// leaves the browser: fragments are not sent to servers.

/** What a link brings: the settings of an example, a program, or the settings of another part of a page. */
export type ShareKind = "settings" | "code" | "table";

export interface Shared {
  readonly kind: ShareKind;
  /** Not checked beyond being JSON: whoever takes it checks what it needs. */
  readonly value: unknown;
}

/** A link that cannot be taken, and why, in words for the reader. */
export class ShareError extends Error {
  readonly hint = "Ask for the link again, or go on without it: the page works as it is.";
}

const version = "1";
const kinds: readonly string[] = ["settings", "code", "table"] satisfies readonly ShareKind[];

/** Longer links are refused before anything is decoded; browsers and messengers cut them earlier still. */
const mostCharacters = 100_000;
/** What a link may grow to; a program of a notebook is a few kB. */
const mostBytes = 512 * 1024;

const through = (bytes: Uint8Array, transform: CompressionStream | DecompressionStream): ReadableStream<Uint8Array> =>
  new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(transform);

/** Reads a stream to its end, or no further than `most` bytes. */
const collected = async (stream: ReadableStream<Uint8Array>, most = Number.POSITIVE_INFINITY): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > most) {
      void reader.cancel().catch(() => undefined);
      throw new ShareError(`This link unpacks to more than ${most / 1024} KiB.`);
    }
    chunks.push(next.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};

const toBase64Url = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  // Without "=", which some messengers cut off.
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};

const fromBase64Url = (text: string): Uint8Array => {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (sign) => sign.charCodeAt(0));
};

/**
 * `value` as the fragment of a link, "#" included.
 *
 * @param value JSON
 */
export const shareFragment = async (kind: ShareKind, value: unknown): Promise<string> => {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return `#${kind}=${version}.${toBase64Url(await collected(through(bytes, new CompressionStream("deflate-raw"))))}`;
};

/**
 * What the fragment of a link brings; undefined for one that is no shared link, such as a heading's.
 *
 * @throws ShareError for a link that is too long, cut short, of another version, or not ours
 */
export const readFragment = async (fragment: string): Promise<Shared | undefined> => {
  const [, kind, rest] = /^#?([a-z]+)=(.*)$/s.exec(fragment) ?? [];
  if (!kind || rest === undefined || !kinds.includes(kind)) return undefined;
  if (rest.length > mostCharacters)
    throw new ShareError(`This link is ${rest.length} characters long; at most ${mostCharacters} are read.`);
  const [, given, packed] = /^(\d+)\.([\w-]*)$/.exec(rest) ?? [];
  if (!given || packed === undefined)
    throw new ShareError("This link is damaged: it holds signs that no link of ours has.");
  if (given !== version) throw new ShareError(`This link is of version ${given}; this page reads version ${version}.`);
  try {
    const bytes = await collected(through(fromBase64Url(packed), new DecompressionStream("deflate-raw")), mostBytes);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { kind: kind as ShareKind, value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof ShareError) throw error;
    throw new ShareError("This link is damaged: it was cut short or changed on its way.");
  }
};

/** Puts a shared link into the address bar and the clipboard. @returns whether the clipboard took it */
export const shareLink = async (kind: ShareKind, value: unknown): Promise<boolean> => {
  history.replaceState(history.state, "", await shareFragment(kind, value));
  return toClipboard(location.href);
};
