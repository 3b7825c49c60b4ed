import { EngineError } from "../errors.js";
import type { Arrived } from "./http/transfer.js";
import type { Expected } from "./source.js";

/** What arrives in memory. */
export interface MemoryArrived extends Arrived {
  /** All of it in one piece. */
  joined(): Uint8Array<ArrayBuffer>;
}

/** No program holds more in one buffer: Chromium takes 2 ** 33 bytes, others fewer. */
const mostAtOnce = 2 ** 33;

/** Room for a whole file. @throws EngineError "out-of-memory" */
const roomFor = (bytes: number): Uint8Array<ArrayBuffer> => {
  try {
    if (bytes > mostAtOnce) throw new RangeError(`${bytes} bytes in one piece`);
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new EngineError("out-of-memory", `There is no room for a file of ${(bytes / 1e9).toFixed(1)} GB in memory.`, {
      hint: "Load it in a worker, which keeps it on the disk, or make smaller files: diffusion-cache convert DIR --dtype q8.",
      cause,
    });
  }
};

/**
 * A file in memory. Where its size is known it is written into one buffer as it comes, so that it is never there twice.
 * @param part what is there already
 */
export const inMemory = (expected: Expected | undefined, part?: Uint8Array<ArrayBuffer>): MemoryArrived => {
  let whole: Uint8Array<ArrayBuffer> | undefined;
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  const add = (chunk: Uint8Array): void => {
    const end = bytes + chunk.byteLength;
    if (bytes === 0 && expected) whole = roomFor(expected.bytes);
    if (whole && end <= whole.byteLength) whole.set(chunk, bytes);
    else {
      // More than was promised: the error says how much more.
      if (whole) chunks = [whole.subarray(0, bytes)];
      whole = undefined;
      chunks.push(chunk);
    }
    bytes = end;
  };
  if (part) add(part);
  return {
    get bytes() {
      return bytes;
    },
    add,
    forget() {
      whole = undefined;
      chunks = [];
      bytes = 0;
    },
    joined() {
      if (whole) return bytes === whole.byteLength ? whole : whole.slice(0, bytes);
      const all = roomFor(bytes);
      let offset = 0;
      for (const chunk of chunks) {
        all.set(chunk, offset);
        offset += chunk.byteLength;
      }
      return all;
    },
  };
};
