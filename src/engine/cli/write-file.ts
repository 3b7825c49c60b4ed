import { randomUUID } from "node:crypto";
import { constants, rmSync, type Stats } from "node:fs";
import { access, chmod, lstat, mkdir, readdir, readlink, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { EngineError } from "../errors.js";
import { beforeEnd } from "./before-end.js";
import { reasonOf } from "./read-file.js";

/** The ending of a file's name, in lower case: Windows has it in either. */
export const endingOf = (path: string): string => extname(path).toLowerCase();

const refuse = (path: string, why: string, cause?: unknown): never => {
  throw new EngineError("file-missing", `Cannot write "${path}": ${why}.`, { cause });
};

const codeOf = (cause: unknown): string => String((cause as NodeJS.ErrnoException).code);

/** What is at a path; undefined where nothing is. */
const found = async (path: string, look: (path: string) => Promise<Stats>): Promise<Stats | undefined> =>
  look(path).catch((cause: unknown) => {
    if (codeOf(cause) === "ENOENT") return undefined;
    if (codeOf(cause) === "ENAMETOOLONG") return refuse(path, "the name is too long", cause);
    if (codeOf(cause) === "ENOTDIR") return refuse(path, `${dirname(path)} is a file, not a folder`, cause);
    if (codeOf(cause) === "ELOOP") return refuse(path, "its symbolic links go round in a circle", cause);
    return refuse(path, reasonOf(cause), cause);
  });

/** Where a chain of symbolic links ends, whether or not something is there: a link is written through, not replaced. */
const endOf = async (path: string): Promise<string> => {
  const link = await found(path, lstat);
  if (!link?.isSymbolicLink()) return path;
  await found(path, stat); // refuses a circle
  return endOf(resolve(dirname(path), await readlink(path)));
};

const checkFolder = async (path: string, folder: string): Promise<void> => {
  if (!(await found(folder, stat))) refuse(path, `the folder ${folder} is not there`);
  await access(folder, constants.W_OK).catch((cause) =>
    refuse(path, `the folder ${folder} may not be written to`, cause),
  );
};

/** Refuses an output that could not be written, before any work is done for it. */
export const checkOutput = async (path: string, endings: readonly string[]): Promise<void> => {
  if (!endings.includes(endingOf(path)))
    throw new EngineError("argument-invalid", `Cannot write "${path}": the name must end in ${endings.join(" or ")}.`);
  const end = await endOf(path);
  const there = await found(end, stat);
  if (there?.isDirectory()) refuse(path, "there is a folder of that name");
  if (there) await access(end, constants.W_OK).catch((cause) => refuse(path, "the file may not be written to", cause));
  if (there && !there.isFile()) return; // a pipe or a device is written to as it is
  await checkFolder(path, dirname(end));
};

/** Does a work with a draft beside `end`. Nothing is left of the draft, also where a signal ends the process. */
const withDraft = async <T>(end: string, work: (draft: string) => Promise<T>): Promise<T> => {
  const draft = resolve(dirname(end), `.${randomUUID()}.part`); // a long name has no room for more
  const written = beforeEnd(() => rmSync(draft, { force: true, recursive: true }));
  try {
    return await work(draft);
  } finally {
    await rm(draft, { force: true, recursive: true });
    written();
  }
};

/**
 * Writes a file whole or not at all, under the mode it had; a process that is ended meanwhile leaves no draft.
 * @throws EngineError "file-missing"
 */
export const writeWhole = async (path: string, content: Uint8Array | string): Promise<void> => {
  const end = await endOf(path);
  const there = await found(end, stat);
  const replace = async (draft: string): Promise<void> => {
    await writeFile(draft, content);
    if (there) await chmod(draft, there.mode);
    await rename(draft, end);
  };
  const written = there && !there.isFile() ? writeFile(end, content) : withDraft(end, replace);
  await written.catch((cause: unknown) => refuse(path, reasonOf(cause), cause));
};

/** Refuses a folder that could not be made, or that holds something, before any work is done for it. */
export const checkOutputFolder = async (path: string): Promise<void> => {
  const there = await found(path, stat);
  if (there && !there.isDirectory()) refuse(path, "there is a file of that name");
  if (there && (await readdir(path)).length > 0) refuse(path, "the folder holds something, and nothing is overwritten");
  await checkFolder(path, dirname(resolve(path)));
};

/**
 * Fills a new folder, which is there when it is whole, or not at all.
 *
 * @param fill is given what writes a file of it
 * @throws EngineError "file-missing"; whatever `fill` throws
 */
export const writeFolder = async <T>(
  path: string,
  fill: (write: (file: string, bytes: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> => {
  const failed = (cause: unknown): never => refuse(path, reasonOf(cause), cause);
  return withDraft(resolve(path), async (draft) => {
    await mkdir(draft).catch(failed);
    const filled = await fill(async (file, bytes) => {
      const end = resolve(draft, file);
      await mkdir(dirname(end), { recursive: true }).catch(failed);
      await writeFile(end, bytes).catch(failed);
    });
    await rename(draft, path).catch(failed);
    return filled;
  });
};
