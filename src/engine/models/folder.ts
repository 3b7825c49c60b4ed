import { EngineError, shown } from "../errors.js";
import { type Files, stopped, verify } from "./source.js";

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";

/**
 * Files of a folder, in Node.
 *
 * @param path the folder, or a file: URL
 */
export const folder = async (path: string): Promise<Files> => {
  // Not imported: bundlers for browsers would follow Node's modules, and warn.
  const { readdir, readFile, stat } = process.getBuiltinModule("node:fs/promises");
  const { join } = process.getBuiltinModule("node:path");
  const { fileURLToPath } = process.getBuiltinModule("node:url");
  const inUrl = (): string => {
    try {
      return fileURLToPath(path);
    } catch (cause) {
      throw new EngineError(
        "file-missing",
        `${shown(path)} names no file of this computer: ${(cause as Error).message}.`,
        {
          hint: "Write it as file:///folder/model, or as a path.",
          cause,
        },
      );
    }
  };
  const root = path.startsWith("file:") ? inUrl() : path;
  if (
    await stat(root).then(
      (found) => found.isFile(),
      () => false,
    )
  )
    throw new EngineError("file-missing", `${root} is a file; a model is a folder.`, {
      hint: "Give the folder that diffusers saved. A checkpoint in a single file becomes one in Python: from_single_file(…), then save_pretrained(…).",
    });
  return {
    name: root,
    list: (folder) => readdir(join(root, folder)).catch(() => []),
    async read(file, { signal, onProgress, expected } = {}) {
      const where = join(root, file);
      const missing = (why: string, cause: unknown) =>
        new EngineError("file-missing", `${where} ${why}.`, { hint: "Check the path of the model's folder.", cause });
      if (signal?.aborted) throw stopped(where);
      const buffer = await readFile(where, { signal }).catch((cause: unknown) => {
        if (signal?.aborted) throw stopped(where);
        const code = codeOf(cause);
        if (code === "ENOENT" || code === "ENOTDIR") throw missing("does not exist", cause);
        throw missing(`cannot be read (${code || String(cause)})`, cause);
      });
      const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      await verify(where, bytes, expected);
      onProgress?.(bytes.byteLength, bytes.byteLength);
      return bytes;
    },
  };
};
