// SHA-256 (FIPS 180-4) of bytes that come one after the other. Web Crypto hashes only what is in memory as a whole.

const isPrime = (value: number): boolean => {
  for (let by = 2; by * by <= value; by++) if (value % by === 0) return false;
  return true;
};

const primes = Array.from({ length: 310 }, (_, at) => at + 2)
  .filter(isPrime)
  .slice(0, 64);

/** The first 32 bits of the fraction of a root; doubles hold enough of them below the 64th prime. */
const fraction = (root: number): number => Math.floor((root % 1) * 2 ** 32);

const roundConstants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const startState = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));

/** A hash that is under way. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Of all that was given, as 64 hexadecimal digits; more may follow. */
  hex(): string;
}

/** Mixes one block of 64 bytes into the state; `w` is room for 64 words. */
const mix = (state: Int32Array, w: Int32Array, view: DataView, at: number): void => {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const [x, y] = [w[i - 15] as number, w[i - 2] as number];
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = ((w[i - 16] as number) + low + (w[i - 7] as number) + high) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < 64; i++) {
    const high = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + high + ((e & f) ^ (~e & g)) + (roundConstants[i] as number) + (w[i] as number)) | 0;
    const low = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
};

/** Begins a SHA-256. */
export const sha256 = (): RunningHash => {
  const state = startState.slice();
  const words = new Int32Array(64);
  const rest = new Uint8Array(64);
  const restView = new DataView(rest.buffer);
  let total = 0;

  return {
    update(bytes) {
      let at = 0;
      const begun = total % 64;
      total += bytes.length;
      if (begun > 0) {
        at = Math.min(64 - begun, bytes.length);
        rest.set(bytes.subarray(0, at), begun);
        if (begun + at < 64) return;
        mix(state, words, restView, 0);
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (; at + 64 <= bytes.length; at += 64) mix(state, words, view, at);
      rest.set(bytes.subarray(at));
    },
    hex() {
      const end = new Uint8Array(total % 64 < 56 ? 64 : 128);
      end.set(rest.subarray(0, total % 64));
      end[total % 64] = 0x80;
      const view = new DataView(end.buffer);
      view.setBigUint64(end.length - 8, 8n * BigInt(total));
      const last = state.slice();
      for (let at = 0; at < end.length; at += 64) mix(last, words, view, at);
      return Array.from(last, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    },
  };
};
