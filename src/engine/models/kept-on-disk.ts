import { EngineError } from "../errors.js";
import { under } from "./downloads.js";
import type { FileCache } from "./file-cache.js";
import { folder } from "./folder.js";
import { type AttemptOptions, persist } from "./http/attempts.js";
import type { Arrived } from "./http/transfer.js";
import type { HubOptions } from "./hub.js";
import { type Expected, hashMismatch, hashOf, type OpenFile, type ReadOptions } from "./source.js";

/** Where Node keeps what it has downloaded: XDG_CACHE_HOME, %LOCALAPPDATA% or ~/.cache, and "diffusion-cache" in it. */
export const diskCacheFolder = (): string => {
  const { join } = process.getBuiltinModule("node:path");
  const { homedir } = process.getBuiltinModule("node:os");
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  return join(xdg || local || join(homedir(), ".cache"), "diffusion-cache");
};

/**
 * Downloads in Node: a file goes to the disk as it comes, under its hash, so that it may have any size; an interrupted one
 * goes on where it was. Nothing that does not fit its hash is kept.
 */
export const keptOnDisk = async (
  root: string,
  how: AttemptOptions = {},
): Promise<Required<Pick<HubOptions, "cache" | "open">>> => {
  const { mkdir, open, readFile, rename, rm, stat, writeFile } = process.getBuiltinModule("node:fs/promises");
  const { join } = process.getBuiltinModule("node:path");
  const kept = await folder(root, "later");
  const nameOf = (expected: Expected): string => hashOf(expected)[1];
  const sizeOf = (path: string): Promise<number> =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    );
  const noRoom = (cause: unknown): EngineError =>
    new EngineError("download-failed", `${root} cannot keep the download: ${(cause as Error).message}.`, {
      hint: "Free some room there, or name another folder in XDG_CACHE_HOME.",
      cause,
    });
  const ready = () =>
    mkdir(root, { recursive: true }).catch((cause: unknown) => {
      throw noRoom(cause);
    });

  /** Loads what is missing of a file behind what is there. */
  const load = async (where: string, part: string, options: ReadOptions): Promise<void> => {
    let bytes = await sizeOf(part);
    const file = await open(part, "a").catch((cause: unknown) => {
      throw noRoom(cause);
    });
    const arrived: Arrived = {
      get bytes() {
        return bytes;
      },
      async add(chunk) {
        try {
          await file.appendFile(chunk);
        } catch (cause) {
          await rm(part, { force: true });
          throw noRoom(cause);
        }
        bytes += chunk.byteLength;
      },
      async forget() {
        await file.truncate(0);
        bytes = 0;
      },
    };
    try {
      await persist(where, arrived, options, how);
    } finally {
      await file.close();
      if (bytes === 0) await rm(part, { force: true }); // nothing came, nothing is kept
    }
  };

  const differenceOf = async (name: string, expected: Expected): Promise<string | undefined> => {
    const file = await kept.open?.(name);
    try {
      return await file?.difference(expected);
    } finally {
      await file?.close();
    }
  };

  const ensure = async (base: string, path: string, expected: Expected, options: ReadOptions): Promise<string> => {
    await ready();
    const name = nameOf(expected);
    if ((await sizeOf(join(root, name))) > 0 && (await differenceOf(name, expected)) === undefined) return name;
    const [where, part] = [under(base)(path), `${name}.part`];
    for (let resumed = (await sizeOf(join(root, part))) > 0; ; resumed = false) {
      await load(where, join(root, part), { ...options, expected });
      const how = await differenceOf(part, expected);
      if (how === undefined) break;
      await rm(join(root, part), { force: true });
      if (!resumed) throw hashMismatch(where, how, "its repository");
    }
    await rename(join(root, part), join(root, name));
    return name;
  };

  const opened = async (base: string, path: string, options: ReadOptions): Promise<OpenFile> => {
    const { expected } = options;
    if (!expected) throw new EngineError("file-missing", `${base}${path} has no known hash.`);
    const file = await kept.open?.(await ensure(base, path, expected, options));
    return { ...(file as OpenFile), checked: true };
  };

  const textPath = (address: string): string => join(root, `${encodeURIComponent(address)}.json`);
  const nothing = async (): Promise<undefined> => undefined;
  const cache: FileCache = {
    get: nothing,
    part: nothing,
    put: nothing,
    keepPart: nothing,
    dropPart: nothing,
    text: (address) => readFile(textPath(address), "utf8").catch(nothing),
    async keepText(address, text) {
      await ready();
      await writeFile(`${textPath(address)}.part`, text);
      await rename(`${textPath(address)}.part`, textPath(address));
    },
  };
  return { cache, open: opened };
};
