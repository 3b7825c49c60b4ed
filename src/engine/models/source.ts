import { EngineError } from "../errors.js";
import type { AbortSignal } from "../platform.js";

/** What a manifest, or a repository's own listing, promises about a file. */
export type Expected = { readonly bytes: number } & (
  | {
      /** 64 hexadecimal digits in lower case. */
      readonly sha256: string;
    }
  | {
      /** Of a small file in a git repository: the SHA-1 of "blob BYTES", a zero byte and the file; 40 digits. */
      readonly gitBlob: string;
    }
);

/** The name of a hash, and the hash. */
export const hashOf = (expected: Expected): readonly ["SHA-256" | "git blob", string] =>
  "sha256" in expected ? ["SHA-256", expected.sha256] : ["git blob", expected.gitBlob];

/** What git puts before a file's bytes when it hashes them. */
export const blobHead = (bytes: number): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`blob ${bytes}\0`);

export interface Retry {
  /** 2 for the first one that is made again. */
  readonly attempt: number;
  readonly attempts: number;
  readonly reason: string;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes so far and in all; 0 in all while that is unknown. */
  readonly onProgress?: ((loaded: number, total: number) => void) | undefined;
  /** Called before another attempt to load the file: which one of how many, and why the last one failed. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Checked before the bytes are returned; a source may also answer from its cache. */
  readonly expected?: Expected | undefined;
}

/** Files of this size and more are read tensor by tensor where that can be had. */
export const inPartsFrom = 2 ** 28;

/** A file of which parts can be read, however large it is. */
export interface OpenFile {
  readonly bytes: number;
  /** The bytes [begin, end), in a buffer of their own. */
  read(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Whether it has been held against what a manifest promised. */
  readonly checked?: boolean;
  /** Whether its hash is made of what is read: to be compared behind that, or it is read twice. */
  readonly hashesAsRead?: boolean;
  /** How the whole file differs from what was promised; undefined where it does not. */
  difference(expected: Expected): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Where a model's files come from. Paths are relative and use "/". */
export interface Files {
  /** The folder or address, for messages. */
  readonly name: string;
  /** The name under which diffusers finds the same repository, where there is one. */
  readonly repository?: string;
  /** What every run should say of these files: what was not kept of them, say. It may grow while they are read. */
  readonly notes?: readonly string[];
  /**
   * A whole file.
   *
   * @throws EngineError "file-missing", "download-failed", "hash-mismatch", "stopped"
   */
  read(path: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Names of the files in a folder, where the source can tell; for messages. */
  list?(folder: string): Promise<readonly string[]>;
  /**
   * A file to be read in parts, where that can be had.
   *
   * @throws EngineError as `read`
   */
  open?(path: string, options?: ReadOptions): Promise<OpenFile | undefined>;
}

export const stopped = (path: string): EngineError =>
  new EngineError("stopped", `Loading was stopped at ${path}.`, { hint: "Load the model again to go on." });

const hexOf = async (algorithm: "SHA-256" | "SHA-1", bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

const gitBlobOf = (bytes: Uint8Array): Promise<string> => {
  const head = blobHead(bytes.byteLength);
  const whole = new Uint8Array(head.byteLength + bytes.byteLength);
  whole.set(head);
  whole.set(bytes, head.byteLength);
  return hexOf("SHA-1", whole);
};

/**
 * Whether bytes are what a manifest promised: undefined, or how they differ. Browsers have SHA-256 on secure pages only
 * (https, localhost); elsewhere the size alone is compared.
 */
export const difference = async (bytes: Uint8Array<ArrayBuffer>, expected: Expected): Promise<string | undefined> => {
  if (bytes.byteLength !== expected.bytes) return `it has ${bytes.byteLength} bytes instead of ${expected.bytes}`;
  if (globalThis.crypto?.subtle === undefined) return undefined;
  const [name, wanted] = hashOf(expected);
  const found = name === "SHA-256" ? await hexOf(name, bytes) : await gitBlobOf(bytes);
  return found === wanted ? undefined : `its ${name} is ${found} instead of ${wanted}`;
};

/** A file that is not what a manifest promised, and how it differs. */
export const hashMismatch = (where: string, how: string, listing = "manifest.json"): EngineError =>
  new EngineError("hash-mismatch", `${where} is not the file that ${listing} names: ${how}.`, {
    hint: "Load it again; if that does not help, the file or the manifest on the server is out of date.",
  });

/** Refuses bytes that are not what a manifest promised. */
export const verify = async (where: string, bytes: Uint8Array<ArrayBuffer>, expected?: Expected): Promise<void> => {
  const how = expected && (await difference(bytes, expected));
  if (how) throw hashMismatch(where, how, expected && "gitBlob" in expected ? "its repository" : undefined);
};
