import type { Expected } from "./source.js";
import type { Arrived } from "./transfer.js";

/** What arrives in memory. */
export interface MemoryArrived extends Arrived {
  /** All of it in one piece. */
  joined(): Uint8Array<ArrayBuffer>;
}

/** The size of the largest buffer that is asked for before anything has come. */
const mostAtOnce = 2 ** 33;

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
    if (bytes === 0 && expected && expected.bytes <= mostAtOnce) whole = new Uint8Array(expected.bytes);
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
      const all = new Uint8Array(bytes);
      let offset = 0;
      for (const chunk of chunks) {
        all.set(chunk, offset);
        offset += chunk.byteLength;
      }
      return all;
    },
  };
};
