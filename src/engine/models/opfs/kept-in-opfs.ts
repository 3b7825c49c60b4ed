import { EngineError } from "../../errors.js";
import { under } from "../downloads.js";
import { type AttemptOptions, persist } from "../http/attempts.js";
import { openBlob } from "../picked-files.js";
import { type Expected, hashMismatch, hashOf, type OpenFile, type ReadOptions, stopped } from "../source.js";
import { arrivingFile, NoRoom } from "./arriving-file.js";
import { fileIn, folderToWrite, newFileIn, removeFrom } from "./handles.js";

/** Files kept in the browser, of any size. */
export interface OpfsFiles {
  /**
   * A file at an address, downloaded to the disk first where it is not there yet; undefined where it cannot be kept, which
   * a note then says.
   *
   * @throws EngineError "file-missing", "download-failed", "hash-mismatch", "stopped"
   */
  open(base: string, path: string, options: ReadOptions): Promise<OpenFile | undefined>;
  /** Files that were not kept, and what to do about it; it grows. */
  readonly notes: readonly string[];
}

/** Its name on the disk: the hash, and the path for whoever lists what is kept. */
const nameOf = (expected: Expected, path: string): string => `${hashOf(expected)[1]}.${encodeURIComponent(path)}`;

const giga = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)} GB`;

const notKept = (path: string, { bytes }: Expected, why: string): string =>
  `${path} (${giga(bytes)}) is not kept: ${why}. It was loaded into memory and is downloaded again next time; delete files that the browser keeps for this site, or free some of the disk.`;

/** One download of a file at a time, whatever the number of tabs: the others wait, and then find it. */
const alone = async <T>(name: string, signal: ReadOptions["signal"], work: () => Promise<T>): Promise<T> => {
  if (!navigator.locks) return work();
  const options = signal ? { signal: signal as AbortSignal } : {};
  return navigator.locks.request(`diffusion-cache ${name}`, options, work) as Promise<T>;
};

/**
 * Downloads of a worker: a file goes to the origin's private file system as it comes, under its hash, and is read from
 * there in parts, so that no copy of the whole is ever in memory. An interrupted download goes on where it was; nothing
 * that does not fit its hash is kept. Undefined where the browser has no such file system, or this thread may not write.
 */
export const keptInOpfs = async (how: AttemptOptions = {}): Promise<OpfsFiles | undefined> => {
  const folder = await folderToWrite();
  if (!folder) return undefined;
  const notes: string[] = [];
  const refused = new Set<string>();

  const kept = async (name: string, path: string, { bytes }: Expected): Promise<OpenFile | undefined> => {
    const file = await (await fileIn(folder, name))?.getFile().catch(() => undefined); // deleted meanwhile
    return file?.size === bytes ? { ...openBlob(file, path), checked: true } : undefined;
  };

  /** Downloads what is missing behind what is there, and takes it for whole once its hash fits. */
  const download = async (where: string, name: string, options: ReadOptions, expected: Expected): Promise<void> => {
    const part = `${name}.part`;
    const handle = await newFileIn(folder, part);
    const file = await handle.createSyncAccessHandle();
    const arrived = arrivingFile(file, expected);
    try {
      for (let resumed = arrived.bytes > 0; ; resumed = false) {
        await persist(where, arrived, options, how);
        const difference = await arrived.difference();
        if (difference === undefined) break;
        await arrived.forget();
        if (!resumed) throw hashMismatch(where, difference, "its listing");
      }
      file.flush();
    } catch (error) {
      if (error instanceof NoRoom) await arrived.forget();
      throw error;
    } finally {
      file.close();
      if (arrived.bytes < Math.min(1, expected.bytes)) await removeFrom(folder, part);
    }
    await removeFrom(folder, name);
    await handle.move(name);
  };

  return {
    notes,
    async open(base, path, options) {
      const { expected, signal } = options;
      if (!expected) return undefined;
      const [where, name] = [under(base)(path), nameOf(expected, path)];
      if (signal?.aborted) throw stopped(where);
      if (refused.has(name)) return undefined;
      const found = await kept(name, path, expected);
      if (found) return found;
      const refuse = (why: string): undefined => {
        refused.add(name);
        notes.push(notKept(path, expected, why));
      };
      try {
        return await alone(name, signal, async () => {
          if (!(await kept(name, path, expected))) await download(where, name, options, expected);
          return kept(name, path, expected);
        });
      } catch (cause) {
        if (signal?.aborted) throw stopped(where);
        if (cause instanceof EngineError && !(cause instanceof NoRoom)) throw cause;
        return refuse((cause as Error).message.replace(/\.$/, "")); // what the file system says
      }
    },
  };
};
