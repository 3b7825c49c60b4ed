import { readSafetensors, storedTensor } from "../files/safetensors.js";
import { headerBytes, readHeader } from "../files/safetensors-header.js";
import type { Tensor } from "../tensor.js";
import { type Files, hashMismatch, type OpenFile, type ReadOptions, stopped } from "./source.js";

/** Files of this size and more are read tensor by tensor where that can be had. */
export const inPartsFrom = 2 ** 28;

/**
 * The tensors of one safetensors file. A large one is read tensor by tensor, so that it may have any size, and so that no
 * second copy of it is made on the way.
 *
 * @throws EngineError as `Files.read`; "file-invalid"
 */
export const readShard = async (
  files: Files,
  path: string,
  options: ReadOptions,
  partsFrom = inPartsFrom,
): Promise<ReadonlyMap<string, Tensor>> => {
  const where = `${files.name}: ${path}`;
  const file = await files.open?.(path);
  if (!file) return readSafetensors(await files.read(path, options), where);
  try {
    if (file.bytes >= partsFrom) return await inParts(file, where, options);
  } finally {
    await file.close();
  }
  return readSafetensors(await files.read(path, options), where);
};

const inParts = async (file: OpenFile, where: string, options: ReadOptions): Promise<Map<string, Tensor>> => {
  const { signal, onProgress, expected } = options;
  const { bytes: size } = file;
  if (expected && size !== expected.bytes)
    throw hashMismatch(where, `it has ${size} bytes instead of ${expected.bytes}`);
  const found = expected && (await file.sha256());
  if (expected && found !== expected.sha256)
    throw hashMismatch(where, `its SHA-256 is ${found} instead of ${expected.sha256}`);
  const head = await file.read(0, Math.min(size, headerBytes(await file.read(0, Math.min(8, size)), where)));
  const { entries } = readHeader(head, where, size);
  const tensors = new Map<string, Tensor>();
  for (const entry of entries) {
    if (signal?.aborted) throw stopped(where);
    const bytes = await file.read(entry.begin, entry.end);
    tensors.set(
      entry.name,
      storedTensor(where, entry, () => bytes),
    );
    onProgress?.(entry.end, size);
  }
  return tensors;
};
