import { EngineError, shown } from "../errors.js";
import { duplicateKey } from "./duplicate-key.js";

/** Bytes per number, for the types that the format names and the engine can read. */
export const dtypeBytes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type Dtype = keyof typeof dtypeBytes;

/** Where one tensor lies: `begin` and `end` count from the start of the file. */
export interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly dims: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their bytes, without gap or overlap, up to the end of the file. */
  readonly entries: readonly Entry[];
}

const maxHeaderBytes = 100_000_000;

/** A sentence about a broken file, as an EngineError "file-invalid" with the usual way out. */
export const invalidSafetensors = (file: string, why: string, cause?: unknown): EngineError =>
  new EngineError("file-invalid", `${file} is not a valid safetensors file: ${why}.`, {
    hint: "Download or export the file again; compare its size and SHA-256 with the source.",
    cause,
  });

/** Types that the format names and the engine does not compute with. */
const unread = /^(F8_|F6_|F4|C64|U16|U32|U64|I4|U4)/;

/** Files that are something else, told by how they begin. */
const others: readonly (readonly [begins: string, what: string, hint: string])[] = [
  ["version https://git-lfs", "is a pointer of Git LFS, not the file itself", "Fetch it: git lfs pull."],
  ["<!DOCTYPE", "is a web page", "Check the address that it was downloaded from."],
  ["<html", "is a web page", "Check the address that it was downloaded from."],
  ["PK\u0003\u0004", "is a PyTorch file or another archive", "Save the model again with safe_serialization=True."],
  ["GGUF", "is a GGUF file", "Use the checkpoint's safetensors files."],
];

/** Refuses bytes that are no file of the kind that was asked for, but something that often stands in its place. */
export const expectNoOther = (file: string, bytes: Uint8Array): void => {
  const start = String.fromCharCode(...bytes.subarray(0, 32));
  const found = others.find(([begins]) => start.toLowerCase().startsWith(begins.toLowerCase()));
  if (found) throw new EngineError("file-invalid", `${file} ${found[1]}.`, { hint: found[2] });
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const parseEntry = (file: string, name: string, value: unknown, base: number, size: number): Entry => {
  const fail = (why: string) => invalidSafetensors(file, `tensor ${shown(name)} ${why}`);
  if (!isRecord(value)) throw fail(`is described by ${shown(value)} instead of an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype === "string" && unread.test(dtype))
    throw new EngineError(
      "file-invalid",
      `${file}: tensor ${shown(name, 60)} is in ${shown(dtype, 60)}, which is not read.`,
      {
        hint: "Use the checkpoint's files in bfloat16, float16 or float32, or convert it to one of these with diffusers.",
      },
    );
  if (typeof dtype !== "string" || !Object.hasOwn(dtypeBytes, dtype))
    throw fail(`has the dtype ${shown(dtype)}; known are ${Object.keys(dtypeBytes).join(", ")}`);
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw fail(`has the shape ${shown(shape)}; a shape is a list of whole numbers from 0 on`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw fail(`has the offsets ${shown(offsets)}; offsets are two whole numbers from 0 on`);
  const [from, to] = offsets as [number, number];
  const bytes = (shape.includes(0) ? 0 : shape.reduce((product, dim) => product * dim, 1)) * dtypeBytes[dtype as Dtype];
  if (to < from || to - from !== bytes)
    throw fail(`takes ${to - from} bytes by its offsets and ${bytes} by its shape ${shown(shape)} of ${dtype}`);
  if (base + to > size) throw fail(`ends at byte ${base + to} of a file of ${size}: the file was cut short`);
  return { name, dtype: dtype as Dtype, dims: shape, begin: base + from, end: base + to };
};

const parseMetadata = (file: string, value: unknown): Record<string, string> => {
  if (!isRecord(value)) throw invalidSafetensors(file, `its __metadata__ is ${shown(value)} instead of an object`);
  for (const [key, text] of Object.entries(value))
    if (typeof text !== "string")
      throw invalidSafetensors(file, `its __metadata__ has ${shown(text)} for ${shown(key)} instead of a string`);
  return value as Record<string, string>;
};

const parseJson = (file: string, bytes: Uint8Array): Record<string, unknown> => {
  let header: unknown;
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw invalidSafetensors(file, "its header is not JSON in UTF-8", cause);
  }
  if (!isRecord(header)) throw invalidSafetensors(file, `its header is ${shown(header)} instead of an object`);
  const twice = duplicateKey(text);
  if (twice !== undefined) throw invalidSafetensors(file, `its header names ${shown(twice)} twice`);
  return header;
};

/**
 * Where the numbers of a file begin, by its first 8 bytes.
 * @throws EngineError "file-invalid"
 */
export const headerBytes = (bytes: Uint8Array, file: string): number => {
  const size = bytes.byteLength;
  expectNoOther(file, bytes);
  if (size < 8) throw invalidSafetensors(file, `it has ${size} bytes, fewer than the 8 of the header's length`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > maxHeaderBytes) throw invalidSafetensors(file, `its header is ${length} bytes long; the most is 100 MB`);
  return 8 + Number(length);
};

/**
 * Reads and checks the header of a safetensors file (https://huggingface.co/docs/safetensors): 8 bytes of length, JSON,
 * then the numbers. Refuses whatever two readers could understand in two ways: double keys, gaps, overlaps, a rest.
 *
 * @param bytes the whole file, or at least its header where `size` says the size of the whole
 * @param file what messages call it
 * @throws EngineError "file-invalid"
 */
export const readHeader = (bytes: Uint8Array, file = "The file", size = bytes.byteLength): Header => {
  const base = headerBytes(bytes, file);
  if (base > size) throw invalidSafetensors(file, `its header ends at byte ${base} of a file of ${size}`);
  const { __metadata__: metadata = {}, ...tensors } = parseJson(file, bytes.subarray(8, base));
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(file, name, value, base, size));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = base;
  for (const { name, begin, end } of entries) {
    if (begin !== covered)
      throw invalidSafetensors(
        file,
        `tensor ${shown(name)} begins at byte ${begin}, the one before ends at ${covered}`,
      );
    covered = end;
  }
  if (covered !== size) throw invalidSafetensors(file, `its tensors end at byte ${covered} of a file of ${size}`);
  return { metadata: parseMetadata(file, metadata), entries };
};
