import { randn } from "../src/engine/random.js";

/** Normal noise, the same for the same seed. */
export const noise = (seed: number, size: number): Float32Array => randn(seed, size).data;

/** max |a − b|; NaN where any of them is. */
export const largestDifference = (a: Float32Array, b: Float32Array): number => {
  if (a.length !== b.length) throw new Error(`${a.length} numbers cannot be compared with ${b.length}`);
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (b[index] as number))), 0);
};

/** max |a − b| over max |b|. */
export const relativeDifference = (a: Float32Array, b: Float32Array): number =>
  largestDifference(a, b) / b.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
export const uniform = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
