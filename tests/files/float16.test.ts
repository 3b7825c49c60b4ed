import { describe, expect, it } from "vitest";
import { decodeBfloat16, decodeFloat16, encodeFloat16, toFloat16 } from "../../src/engine/files/float16.js";

const halves = Uint16Array.from({ length: 65536 }, (_, half) => half);

/** A half by its definition. */
const halfValue = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = (half & 1023) / 1024;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
};

describe("float16", () => {
  it("decodes every half", () => {
    const values = decodeFloat16(halves);
    expect(halves.every((half, i) => Object.is(values[i], halfValue(half)))).toBe(true);
  });

  it("gives every half back", () => {
    const numbers = halves.filter((half) => !Number.isNaN(halfValue(half)));
    expect(encodeFloat16(decodeFloat16(numbers))).toEqual(numbers);
    expect(halfValue(toFloat16(Number.NaN))).toBeNaN();
  });

  it("rounds to the nearest half, ties to even", () => {
    for (let half = 0; half < 0x7bff; half++) {
      const [below, above] = [halfValue(half), halfValue(half + 1)];
      const middle = (below + above) / 2;
      expect(toFloat16(middle)).toBe(half % 2 === 0 ? half : half + 1);
      expect(toFloat16(-middle)).toBe(0x8000 | (half % 2 === 0 ? half : half + 1));
      expect(toFloat16(middle * (1 + 2 ** -22))).toBe(half + 1);
      expect(toFloat16(middle * (1 - 2 ** -22))).toBe(half);
    }
    expect([65503, 65519.99, 65520, 1e9].map(toFloat16)).toEqual([0x7bff, 0x7bff, 0x7c00, 0x7c00]);
    expect([2 ** -25, 2 ** -25 * 1.001, 1e-30].map(toFloat16)).toEqual([0, 1, 0]);
  });

  it("decodes brain floats as the upper half of a float32", () => {
    const numbers = Float32Array.of(0, -0, 1, -2.5, 2 ** 100, 2 ** -126, Number.POSITIVE_INFINITY);
    const upper = Uint16Array.from(new Uint32Array(numbers.buffer), (bits) => bits >>> 16);
    expect(decodeBfloat16(upper)).toEqual(numbers);
  });
});
