import { EngineError } from "../../errors.js";
import { type RunningHash, sha256 } from "../../files/sha256.js";
import type { Arrived } from "../http/transfer.js";
import { difference as differenceOf, type Expected } from "../source.js";
import type { SyncHandle } from "./handles.js";

/** There is no room on the disk, or the browser gives this site no more: another attempt would find none either. */
export class NoRoom extends EngineError {
  constructor(why: string, cause?: unknown) {
    super("download-failed", why, { cause });
  }
}

/** Read back at a time. */
const span = 2 ** 24;

/** What arrives of a file on the disk, hashed as it comes. */
export interface ArrivingFile extends Arrived {
  /** Whether it is what was promised: undefined, or how it differs. */
  difference(): Promise<string | undefined>;
}

/** Bytes go behind what the file holds already, which is read once for the hash. */
export const arrivingFile = (file: SyncHandle, expected: Expected): ArrivingFile => {
  let bytes = file.getSize();
  let hash: RunningHash = sha256();
  const readBack = (from: number, to: number): Uint8Array<ArrayBuffer> => {
    const part = new Uint8Array(to - from);
    file.read(part, { at: from });
    return part;
  };
  const forget = (): void => {
    file.truncate(0);
    hash = sha256();
    bytes = 0;
  };
  if (bytes > expected.bytes) forget();
  for (let at = 0; at < bytes; at += span) hash.update(readBack(at, Math.min(bytes, at + span)));
  return {
    get bytes() {
      return bytes;
    },
    add(chunk) {
      let written = 0;
      try {
        written = file.write(chunk, { at: bytes });
      } catch (cause) {
        throw new NoRoom((cause as Error).message, cause);
      }
      // Chromium 156 does not throw where the quota is full: it returns the number of its error, −8, as unsigned.
      if (written !== chunk.byteLength)
        throw new NoRoom("no more could be written: the disk or the site's share is full");
      hash.update(chunk);
      bytes += written;
    },
    forget,
    async difference() {
      if (bytes !== expected.bytes) return `it has ${bytes} bytes instead of ${expected.bytes}`;
      if ("gitBlob" in expected) return differenceOf(readBack(0, bytes), expected);
      const found = hash.hex();
      return found === expected.sha256 ? undefined : `its SHA-256 is ${found} instead of ${expected.sha256}`;
    },
  };
};
