import { readSafetensors, storedTensor } from "../files/safetensors.js";
import { type Entry, headerBytes, readHeader } from "../files/safetensors-header.js";
import type { Tensor } from "../tensor.js";
import { type Files, hashMismatch, inPartsFrom, type OpenFile, type ReadOptions, stopped } from "./source.js";

/**
 * The tensors of one safetensors file. A large one is read tensor by tensor, so that it may have any size, and so that no
 * second copy of it is made on the way.
 *
 * @throws EngineError as `Files.read`; "file-invalid"
 */
export const readShard = async (
  files: Files,
  path: string,
  asked: ReadOptions,
  partsFrom = inPartsFrom,
): Promise<ReadonlyMap<string, Tensor>> => {
  const [where, options] = [`${files.name}: ${path}`, onwards(asked)];
  const file = await files.open?.(path, options);
  if (!file) return readSafetensors(await files.read(path, options), where);
  try {
    if (file.bytes >= partsFrom) return await inParts(file, where, options);
    if (file.checked || !options.expected) return readSafetensors(await file.read(0, file.bytes), where);
  } finally {
    await file.close();
  }
  return readSafetensors(await files.read(path, options), where);
};

/** Progress that does not go back: a file that has just been downloaded to a disk is read from there. */
const onwards = ({ onProgress, ...options }: ReadOptions): ReadOptions => {
  let most = 0;
  const forward = (loaded: number, total: number): void => {
    most = Math.max(most, loaded);
    onProgress?.(most, total);
  };
  return { ...options, onProgress: forward };
};

const inParts = async (file: OpenFile, where: string, options: ReadOptions): Promise<Map<string, Tensor>> => {
  if (!file.hashesAsRead) await expectSame(file, where, options);
  const tensors = new Map<string, Tensor>();
  for (const entry of await entriesOf(file, where)) {
    if (options.signal?.aborted) throw stopped(where);
    const bytes = await file.read(entry.begin, entry.end);
    tensors.set(
      entry.name,
      storedTensor(where, entry, () => bytes),
    );
    options.onProgress?.(entry.end, file.bytes);
  }
  if (file.hashesAsRead) await expectSame(file, where, options);
  return tensors;
};

/** Refuses a file that is not what a manifest promised. */
const expectSame = async (file: OpenFile, where: string, { expected }: ReadOptions): Promise<void> => {
  const how = expected && !file.checked ? await file.difference(expected) : undefined;
  if (how) throw hashMismatch(where, how);
};

/** Where the tensors of an open file lie. */
const entriesOf = async (file: OpenFile, where: string): Promise<readonly Entry[]> => {
  const { bytes: size } = file;
  const head = await file.read(0, Math.min(size, headerBytes(await file.read(0, Math.min(8, size)), where)));
  return readHeader(head, where, size).entries;
};

/** A file of tensors of which each is read when it is asked for. */
export interface OpenShard {
  readonly where: string;
  readonly entries: readonly Entry[];
  /** The numbers of one tensor as they lie in the file, in a buffer of their own. */
  bytesOf(entry: Entry): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/**
 * Opens a file of tensors; a source that gives whole files alone is read whole.
 * @throws EngineError as `Files.read`; "file-invalid"
 */
export const openShard = async (files: Files, path: string, options: ReadOptions): Promise<OpenShard> => {
  const where = `${files.name}: ${path}`;
  const file = (await files.open?.(path, options)) ?? inMemory(await files.read(path, options));
  try {
    await expectSame(file, where, options);
    const entries = await entriesOf(file, where);
    return {
      where,
      entries,
      bytesOf: ({ begin, end }) => file.read(begin, end),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
};

/** Bytes that were checked when they came. */
const inMemory = (bytes: Uint8Array<ArrayBuffer>): OpenFile => ({
  bytes: bytes.byteLength,
  checked: true,
  read: async (begin, end) => bytes.slice(begin, end),
  difference: async () => undefined,
  close: async () => {},
});
