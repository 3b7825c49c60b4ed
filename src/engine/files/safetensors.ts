import { EngineError, shown } from "../errors.js";
import { accept, anObject, aText, fields, is, listOf, mapOf, oneOf, optional, wholeFrom } from "../expect.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { decodeBfloat16, decodeFloat16, encodeFloat16 } from "./float16.js";
import { type Dtype, dtypeBytes, type Entry, invalidSafetensors, readHeader } from "./safetensors-header.js";

/** A tensor of a file. `data` is decoded when it is first asked for; F32 may be a view of the file's own bytes. */
export interface StoredTensor extends Tensor {
  readonly dtype: Dtype;
  /** Its numbers as the file has them, little-endian: a view where alignment allows. */
  raw(): Uint8Array;
}

/** What can be written: a tensor, as float32 unless it asks for halves. */
export interface WritableTensor extends Tensor {
  readonly dtype?: "F32" | "F16";
}

/** Whole numbers as float32, if all of them are the same there. */
const exact = (file: string, name: string, values: Iterable<number | bigint>): Float32Array =>
  Float32Array.from(values, (value) => {
    const number = Number(value);
    if (Math.fround(number) !== number || BigInt(number) !== BigInt(value))
      throw invalidSafetensors(file, `tensor "${name}" holds ${value}, which float32 cannot hold exactly`);
    return number;
  });

/** A tensor's bytes. Typed arrays want their own alignment, which only files with a padded header give; a copy has it. */
const bytesOf = (bytes: Uint8Array, { dtype, begin, end }: Entry): Uint8Array =>
  (bytes.byteOffset + begin) % dtypeBytes[dtype] === 0
    ? bytes.subarray(begin, end)
    : new Uint8Array(bytes.subarray(begin, end)); // a Buffer's slice copies nothing

const decode = (file: string, { name, dtype }: Entry, bytes: Uint8Array): Float32Array => {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case "F16":
      return decodeFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case "BF16":
      return decodeBfloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case "F64":
      return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
    case "I64":
      return exact(file, name, new BigInt64Array(buffer, byteOffset, byteLength / 8) as Iterable<bigint>);
    case "I32":
      return exact(file, name, new Int32Array(buffer, byteOffset, byteLength / 4));
    case "I16":
      return Float32Array.from(new Int16Array(buffer, byteOffset, byteLength / 2));
    case "I8":
      return Float32Array.from(new Int8Array(buffer, byteOffset, byteLength));
    case "U8":
    case "BOOL":
      return Float32Array.from(new Uint8Array(buffer, byteOffset, byteLength));
  }
};

const someBytes = is("a Uint8Array", (value) => ArrayBuffer.isView(value) && value instanceof Uint8Array);

/**
 * The tensors of a safetensors file by name, in the order of their bytes. The header is checked whole at once; numbers
 * are decoded on first use. F64 is rounded to float32; whole numbers must fit exactly.
 *
 * @param bytes the whole file; must not be changed as long as its tensors are used
 * @param file what messages call it
 * @throws EngineError "file-invalid", also on first use of a whole number beyond float32
 */
export const readSafetensors = (bytes: Uint8Array, file = "The file"): Map<string, StoredTensor> => {
  accept("readSafetensors", { bytes: [bytes, someBytes], file: [file, aText] });
  return new Map(
    readHeader(bytes, file).entries.map((entry) => [
      entry.name,
      storedTensor(file, entry, () => bytesOf(bytes, entry)),
    ]),
  );
};

/** One tensor of a file by its bytes, which lie as its dtype wants them. */
export const storedTensor = (file: string, entry: Entry, raw: () => Uint8Array): StoredTensor => {
  let data: Float32Array | undefined;
  const tensor = {
    dtype: entry.dtype,
    dims: entry.dims,
    get data() {
      data ??= decode(file, entry, raw());
      return data;
    },
  };
  // A tensor of a file may be sent to another thread, where only its numbers can go.
  return Object.defineProperty(tensor, "raw", { value: raw }) as typeof tensor & Pick<StoredTensor, "raw">;
};

const entriesOf = is(
  "a list of [name, tensor]",
  (value) => typeof value === "object" && value !== null && Symbol.iterator in value,
);

const encode = (name: string, tensor: WritableTensor): RawTensor => {
  const wrong =
    aText(name, "a name") ??
    fields({ dims: listOf(wholeFrom(0)), data: anObject })(tensor, `tensor ${shown(name, 60)}`) ??
    optional(oneOf("F32", "F16"))(tensor.dtype, "dtype");
  if (wrong !== undefined || !(tensor.data instanceof Float32Array))
    throw new EngineError(
      "input-invalid",
      `writeSafetensors: ${wrong ?? `tensor ${shown(name, 60)} holds no Float32Array`}.`,
    );
  const { dims, data, dtype = "F32" } = tensor;
  const fail = (message: string, hint: string) => new EngineError("input-invalid", message, { hint });
  if (name === "__metadata__") throw fail('A tensor cannot be named "__metadata__".', "Give the tensor another name.");
  if (sizeOf(dims) !== data.length)
    throw fail(`Tensor "${name}" of shape [${dims.join(", ")}] holds ${data.length} numbers.`, "Correct its dims.");
  if (dtype === "F16" && data.some((value) => Number.isFinite(value) && Math.abs(value) >= 65520))
    throw fail(`Tensor "${name}" holds a number beyond float16's 65504.`, "Write this tensor as F32.");
  const numbers = dtype === "F16" ? encodeFloat16(data) : data;
  return { name, dtype, dims, bytes: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength) };
};

/**
 * A safetensors file. F32 tensors come before F16 ones, by name within each, so that every tensor is aligned and the
 * same tensors always give the same bytes.
 *
 * @throws EngineError "input-invalid" when dims and data disagree or a number is too large for F16
 */
export const writeSafetensors = (
  tensors: Iterable<readonly [string, WritableTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => {
  accept("writeSafetensors", { tensors: [tensors, entriesOf], metadata: [metadata, mapOf(aText)] });
  const parts = [...tensors].map((entry) => {
    accept("writeSafetensors", {
      entry: [
        entry,
        listOf(
          is("anything", () => true),
          { least: 2, most: 2 },
        ),
      ],
    });
    return encode(...entry);
  });
  const names = new Set<string>();
  const twice = parts.find(({ name }) => names.size === names.add(name).size);
  if (twice) throw new EngineError("input-invalid", `Two tensors are named "${twice.name}".`, { hint: "Rename one." });
  return fileOf(parts, metadata);
};

/** A tensor as its numbers lie in a file. */
export interface RawTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** A file of tensors that are numbers in bytes already: wide types first, by name within each. */
export const fileOf = (given: readonly RawTensor[], metadata: Readonly<Record<string, string>> = {}): Uint8Array => {
  const parts = given.toSorted(
    (a, b) => dtypeBytes[b.dtype] - dtypeBytes[a.dtype] || (a.name === b.name ? 0 : a.name < b.name ? -1 : 1),
  );
  let offset = 0;
  const described = parts.map(({ name, dtype, dims, bytes }) => {
    const begin = offset;
    offset += bytes.byteLength;
    return [name, { dtype, shape: dims, data_offsets: [begin, offset] }] as const;
  });
  const about = Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...about, ...described])));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset).fill(0x20, 0, 8 + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, 8);
  offset = 8 + headerBytes;
  for (const { bytes } of parts) {
    file.set(bytes, offset);
    offset += bytes.byteLength;
  }
  return file;
};
