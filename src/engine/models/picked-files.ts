import { EngineError } from "../errors.js";
import { isFolder, type Picked, type PickedFile, type PickedFiles, type PickedFolder } from "./picked.js";
import { difference, type Files, type OpenFile, stopped, verify } from "./source.js";

const inFolder = async (folder: PickedFolder, path: string, found: Map<string, PickedFile>): Promise<void> => {
  for await (const one of folder.values())
    if (one.kind === "file") found.set(path + one.name, await one.getFile());
    else await inFolder(one, `${path}${one.name}/`, found);
};

/** The folder in which the model lies: the one with config.json or transformer/config.json that is nearest to the top. */
const modelIn = (paths: readonly string[]): string => {
  const [first = ""] = paths
    .flatMap((path) => /^(.*?)(transformer\/)?config\.json$/.exec(path)?.slice(1, 2) ?? [])
    .filter((folder) => folder === "" || folder.endsWith("/"))
    .sort((a, b) => a.split("/").length - b.split("/").length);
  return first;
};

/** The files of a picked folder by their path from the model on. */
export const filesOf = async (picked: Picked): Promise<PickedFiles> => {
  const found = new Map<string, PickedFile>();
  if (picked instanceof Map) for (const [path, file] of picked as PickedFiles) found.set(path, file);
  else if (isFolder(picked)) await inFolder(picked, "", found);
  else
    for (const file of Array.from(picked as ArrayLike<PickedFile & { webkitRelativePath?: string; name?: string }>))
      found.set(file.webkitRelativePath || (file.name ?? "file"), file);
  const root = modelIn([...found.keys()]);
  return new Map(
    [...found].flatMap(([path, file]) => (path.startsWith(root) ? [[path.slice(root.length), file]] : [])),
  );
};

const bytesOf = async (file: PickedFile, path: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await file.arrayBuffer().catch((cause: unknown) => {
      throw new EngineError("file-missing", `${path} can no longer be read: ${(cause as Error).message}.`, {
        hint: "It has changed since it was found, or the disk is gone. Load the model again.",
        cause,
      });
    }),
  );

/** A browser's file, to be read in parts. */
export const openBlob = (file: PickedFile, path: string): OpenFile => ({
  bytes: file.size,
  read: (begin, end) => bytesOf(file.slice(begin, end), path),
  async difference(expected) {
    if (file.size !== expected.bytes) return `it has ${file.size} bytes instead of ${expected.bytes}`;
    return difference(await bytesOf(file, path), expected);
  },
  close: async () => {},
});

/** Files that a reader picked. Large ones are read in parts. */
export const pickedFiles = (files: PickedFiles, name = "The picked folder"): Files => {
  const fileAt = (path: string): PickedFile => {
    const found = files.get(path);
    if (found) return found;
    const first = [...files.keys()].slice(0, 5).join(", ");
    throw new EngineError("file-missing", `${name} has no ${path}; it has ${first || "no files"}.`, {
      hint: "Pick the folder of a diffusers model, with transformer/ in it, or the folder of its transformer.",
    });
  };
  return {
    name,
    list: async (folder) =>
      [...files.keys()].flatMap((path) => (path.startsWith(folder) ? [path.slice(folder.length)] : [])),
    open: async (path) => openBlob(fileAt(path), path),
    async read(path, { signal, onProgress, expected } = {}) {
      if (signal?.aborted) throw stopped(path);
      const bytes = await bytesOf(fileAt(path), path);
      await verify(`${name}: ${path}`, bytes, expected);
      onProgress?.(bytes.byteLength, bytes.byteLength);
      return bytes;
    },
  };
};
