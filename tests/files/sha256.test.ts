import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha256 } from "../../src/engine/files/sha256.js";

const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7 + (at >> 8)) & 255);
const wanted = (some: Uint8Array): string => createHash("sha256").update(some).digest("hex");

test("equals Node's, at every length around the ends of blocks", () => {
  for (let length = 0; length < 260; length++) {
    const hash = sha256();
    hash.update(bytes.subarray(1, 1 + length));
    expect(hash.hex(), `${length} bytes`).toBe(wanted(bytes.subarray(1, 1 + length)));
  }
});

test("is the same however the bytes are cut, and may be asked for on the way", () => {
  for (const part of [1, 3, 63, 64, 65, 1000, 65_536]) {
    const hash = sha256();
    for (let at = 0; at < bytes.length; at += part) {
      if (at === 3 * part) expect(hash.hex()).toBe(wanted(bytes.subarray(0, at)));
      hash.update(bytes.subarray(at, at + part));
    }
    expect(hash.hex(), `in parts of ${part}`).toBe(wanted(bytes));
  }
});
