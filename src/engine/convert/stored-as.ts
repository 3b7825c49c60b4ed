import { EngineError, shown } from "../errors.js";
import { type Bits, blockSize, fromBlocks, scalesName } from "../files/bit-blocks.js";
import { encodeFloat16 } from "../files/float16.js";
import { type RawTensor, storedTensor } from "../files/safetensors.js";
import { dtypeBytes, type Entry } from "../files/safetensors-header.js";
import { allFinite, sizeOf } from "../tensor.js";
import { hasBlocks, toBlocks } from "./to-blocks.js";

/** What the numbers of a network may be converted to. */
export const storedDtypes = ["f16", "q8", "q4"] as const;
export type StoredDtype = (typeof storedDtypes)[number];

/** The bits of a weight in a linear layer, where they are few. */
export const bitsOf = (dtype: StoredDtype): Bits | undefined => (dtype === "f16" ? undefined : dtype === "q8" ? 8 : 4);

/** Smaller matrices gain nothing. */
const leastNumbers = 2 ** 14;

/** Beyond this a half is infinite. */
const largestHalf = 65520;

const isFraction = ({ dtype }: Entry): boolean => /^B?F\d/.test(dtype);

/** Whether a tensor goes to few bits. */
export const goesToBlocks = (entry: Entry, linear: ReadonlySet<string>): boolean =>
  linear.has(entry.name) && hasBlocks(entry.dims) && sizeOf(entry.dims) >= leastNumbers && isFraction(entry);

/** Bytes of a tensor after its conversion. */
export const bytesAs = (entry: Entry, bits: Bits | undefined): number => {
  const count = sizeOf(entry.dims);
  if (bits) return (count * bits) / 8 + (dtypeBytes.F32 * count) / blockSize;
  return isFraction(entry) ? 2 * count : dtypeBytes[entry.dtype] * count;
};

/** Σ (w − w′)² and Σ w² over what went to few bits. */
export interface Difference {
  squared: number;
  magnitude: number;
}

/**
 * A tensor in its new form. Whole numbers stay as they are, and so does a tensor with numbers that no half can hold: it
 * becomes float32.
 *
 * @throws EngineError "file-invalid" where a weight that goes to few bits is no number
 */
export const converted = (
  where: string,
  entry: Entry,
  bytes: Uint8Array,
  bits: Bits | undefined,
  difference: Difference,
): readonly RawTensor[] => {
  const { name, dims } = entry;
  if (!isFraction(entry)) return [{ name, dtype: entry.dtype, dims, bytes }];
  const { data } = storedTensor(where, entry, () => bytes);
  if (bits) {
    if (!allFinite(data))
      throw new EngineError("file-invalid", `${where}: the weight ${shown(name, 120)} holds what is not a number.`, {
        hint: "Such a network computes nothing: take the checkpoint from its source again.",
      });
    const { numbers, scales } = toBlocks(data, bits);
    const read = fromBlocks(numbers, scales, bits);
    for (let at = 0; at < data.length; at++) {
      const weight = data[at] as number;
      difference.squared += (weight - (read[at] as number)) ** 2;
      difference.magnitude += weight ** 2;
    }
    const [out = 0, into = 0] = dims;
    return [
      { name, dtype: "U8", dims: [out, (into * bits) / 8], bytes: numbers },
      { name: scalesName(name), dtype: "F32", dims: [out, into / blockSize], bytes: new Uint8Array(scales.buffer) },
    ];
  }
  if (entry.dtype === "F16") return [{ name, dtype: "F16", dims, bytes }];
  if (data.some((value) => Number.isFinite(value) && Math.abs(value) >= largestHalf))
    return [{ name, dtype: "F32", dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }];
  return [{ name, dtype: "F16", dims, bytes: new Uint8Array(encodeFloat16(data).buffer) }];
};
