import { EngineError, shown } from "../errors.js";
import { blobHead, type Files, hashOf, stopped, verify } from "./source.js";

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";

/**
 * Files of a folder, in Node.
 *
 * @param path the folder, or a file: URL
 * @param made "later" for a folder that is filled only now
 * @throws EngineError "file-missing"
 */
export const folder = async (path: string, made: "already" | "later" = "already"): Promise<Files> => {
  // Not imported: bundlers for browsers would follow Node's modules, and warn.
  const { open, readdir, readFile, stat } = process.getBuiltinModule("node:fs/promises");
  const { createReadStream } = process.getBuiltinModule("node:fs");
  const { createHash } = process.getBuiltinModule("node:crypto");
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
  const there = await stat(root).catch(() => undefined);
  if (!there && made === "already")
    throw new EngineError("file-missing", `There is no folder ${shown(root)}.`, {
      hint: "Give a folder of this computer, https://host/folder, or hub:organisation/model.",
    });
  if (there?.isFile())
    throw new EngineError("file-missing", `${root} is a file; a model is a folder.`, {
      hint: "Give the folder that diffusers saved. A checkpoint in a single file becomes one in Python: from_single_file(…), then save_pretrained(…).",
    });
  const missing = (where: string, why: string, cause: unknown) =>
    new EngineError("file-missing", `${where} ${why}.`, { hint: "Check the path of the model's folder.", cause });
  const failed = (where: string) => (cause: unknown) => {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") throw missing(where, "does not exist", cause);
    throw missing(where, `cannot be read (${code || String(cause)})`, cause);
  };
  return {
    name: root,
    list: (folder) => readdir(join(root, folder)).catch(() => []),
    async open(file) {
      const where = join(root, file);
      const handle = await open(where).catch(failed(where));
      const { size } = await handle.stat();
      return {
        bytes: size,
        async read(begin, end) {
          const bytes = new Uint8Array(end - begin);
          // One call reads 2 GiB at most.
          for (let at = 0; at < bytes.length; ) {
            const length = Math.min(bytes.length - at, 2 ** 30);
            const { bytesRead } = await handle.read(bytes, at, length, begin + at).catch(failed(where));
            if (bytesRead === 0) throw missing(where, `ends at byte ${begin + at} of ${size}`, undefined);
            at += bytesRead;
          }
          return bytes;
        },
        async difference(expected) {
          if (size !== expected.bytes) return `it has ${size} bytes instead of ${expected.bytes}`;
          const [name, wanted] = hashOf(expected);
          const hash = createHash(name === "SHA-256" ? "sha256" : "sha1");
          if (name !== "SHA-256") hash.update(blobHead(size));
          for await (const part of createReadStream(where)) hash.update(part as Uint8Array);
          const found = hash.digest("hex");
          return found === wanted ? undefined : `its ${name} is ${found} instead of ${wanted}`;
        },
        close: () => handle.close(),
      };
    },
    async read(file, { signal, onProgress, expected } = {}) {
      const where = join(root, file);
      if (signal?.aborted) throw stopped(where);
      const buffer = await readFile(where, { signal }).catch((cause: unknown) => {
        if (signal?.aborted) throw stopped(where);
        return failed(where)(cause);
      });
      const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      await verify(where, bytes, expected);
      onProgress?.(bytes.byteLength, bytes.byteLength);
      return bytes;
    },
  };
};
