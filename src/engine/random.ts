import { EngineError, shown } from "./errors.js";
import { accept, listOf, wholeFrom } from "./expect.js";
import { sizeOf, type Tensor } from "./tensor.js";

const { fround } = Math;

/** 4 GiB of them: more fit no typed array of every browser. */
export const mostNumbers = 2 ** 30;

/** MT19937 (Matsumoto and Nishimura 1998): the next 32 random bits on every call. */
const mersenneTwister = (seed: number): (() => number) => {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const last = state[i - 1] as number;
    state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  let position = 624;
  const renew = () => {
    for (let i = 0; i < 624; i++) {
      const joined = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % 624] as number) & 0x7fffffff);
      state[i] = (state[(i + 397) % 624] as number) ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    position = 0;
  };
  return () => {
    if (position === 624) renew();
    let bits = state[position++] as number;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  };
};

/**
 * Fewer than 16 numbers: Box–Muller on doubles of 53 bits, two numbers from each pair. Of an odd count the second one of
 * the last pair is left over, and is the first of the next.
 */
const fillShort = (data: Float32Array, next: () => number, spare: { value?: number | undefined }): void => {
  // 53 bits of two draws, high word first: its lower 21 bits, then all 32 of the second.
  const uniform = () => ((next() & 0x1fffff) * 2 ** 32 + next()) / 2 ** 53;
  for (let i = 0; i < data.length; i++) {
    if (spare.value !== undefined) {
      data[i] = spare.value;
      spare.value = undefined;
      continue;
    }
    const angle = 2 * Math.PI * uniform();
    const radius = Math.sqrt(-2 * Math.log1p(-uniform()));
    data[i] = radius * Math.cos(angle);
    spare.value = radius * Math.sin(angle);
  }
};

/** From 16 numbers on: uniforms of 24 bits, turned in place 16 at a time; a rest is covered by drawing the last 16 anew. */
const fillLong = (data: Float32Array, next: () => number): void => {
  const uniform = () => (next() & 0xffffff) / 2 ** 24;
  const turn = (start: number) => {
    for (let i = start; i < start + 8; i++) {
      // Rounded where PyTorch rounds: an angle in float32 is off by up to 2.4e-7, which the radius multiplies.
      const radius = fround(Math.sqrt(-2 * fround(Math.log(1 - (data[i] as number)))));
      const angle = fround(fround(2 * Math.PI) * (data[i + 8] as number));
      data[i] = radius * Math.cos(angle);
      data[i + 8] = radius * Math.sin(angle);
    }
  };
  for (let i = 0; i < data.length; i++) data[i] = uniform();
  for (let i = 0; i + 16 <= data.length; i += 16) turn(i);
  if (data.length % 16 === 0) return;
  const start = data.length - 16;
  for (let i = start; i < data.length; i++) data[i] = uniform();
  turn(start);
};

/**
 * `torch.Generator("cpu").manual_seed(seed)`: every call gives as many normal numbers as `torch.randn(count, generator=…)`
 * would, and the next call goes on from there.
 *
 * @param seed a whole number, 0 … 2^53 − 1; only the lower 32 bits count, as in PyTorch
 * @throws EngineError "input-invalid"
 */
export const torchGenerator = (seed: number): ((count: number) => Float32Array) => {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new EngineError(
      "input-invalid",
      `The seed is ${shown(seed)}; it must be a whole number from 0 to 2^53 − 1.`,
      {
        hint: "Choose another seed; the engine and PyTorch use only its lower 32 bits.",
      },
    );
  const next = mersenneTwister(seed % 2 ** 32);
  const spare: { value?: number | undefined } = {};
  return (count) => {
    const data = new Float32Array(count);
    if (count < 16) fillShort(data, next, spare);
    else fillLong(data, next);
    return data;
  };
};

/**
 * Normal noise, within 1e-6 of `torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))`, so that a seed
 * means the same clip here and in Python. As in PyTorch, only the lower 32 bits of the seed count.
 *
 * @param seed a whole number, 0 … 2^53 − 1
 * @param shape dimensions, or how many numbers
 * @throws EngineError "input-invalid"
 */
export const randn = (seed: number, shape: number | readonly number[]): Tensor => {
  const dims = typeof shape === "number" ? [shape] : shape;
  accept("randn", { shape: [dims, listOf(wholeFrom(0, mostNumbers), { most: 16 })] });
  const draw = torchGenerator(seed);
  if (sizeOf(dims) > mostNumbers)
    throw new EngineError("input-invalid", `Noise of shape [${dims.join(", ")}] cannot be made.`, {
      hint: `Ask for ${mostNumbers} numbers at most.`,
    });
  return { dims, data: draw(sizeOf(dims)) };
};
