// IEEE 754 half precision. Typed arrays of halves are too new for the browsers we serve, so this is done by hand.

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/** Halves to float32, exactly: every half has a float32 of the same value; NaN stays NaN. */
export const decodeFloat16 = (halves: Uint16Array): Float32Array => {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  halves.forEach((half, i) => {
    // Read as float32 with the exponent 112 too small; multiplying repairs it, and normalises subnormals on the way.
    bits[i] = (half & 0x7fff) << 13;
    if ((half & 0x7c00) === 0x7c00) bits[i] = 0x7f800000 | ((half & 0x3ff) << 13);
    else values[i] = (values[i] as number) * 2 ** 112;
    bits[i] = (bits[i] as number) | ((half & 0x8000) << 16);
  });
  return values;
};

/** Brain floats are the upper half of a float32. */
export const decodeBfloat16 = (halves: Uint16Array): Float32Array => {
  const bits = new Uint32Array(halves.length);
  halves.forEach((half, i) => {
    bits[i] = half << 16;
  });
  return new Float32Array(bits.buffer);
};

/** The half next to a float32, ties to even. From 65520 in magnitude on it is infinity, as in NumPy and PyTorch. */
export const toFloat16 = (value: number): number => {
  single[0] = value;
  const all = word[0] as number;
  const sign = (all >>> 16) & 0x8000;
  const magnitude = all & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and beyond
  if (magnitude >= 0x38800000) return sign | (((magnitude + 0xfff + ((magnitude >>> 13) & 1)) >>> 13) - 0x1c000);
  // Below 2^-14 halves are multiples of 2^-24, and so are float32 in [0.5, 1): adding 0.5 rounds as wanted.
  single[0] = Math.abs(value) + 0.5;
  return sign | ((word[0] as number) - 0x3f000000);
};

export const encodeFloat16 = (values: Float32Array): Uint16Array => Uint16Array.from(values, toFloat16);
