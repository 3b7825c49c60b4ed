import { createReadStream } from "node:fs";
import { EngineError, shown } from "../errors.js";
import { duplicateKey } from "../files/duplicate-key.js";
import { beforeEnd, endAtOnce } from "./before-end.js";

/** What stands in the way of a file, without the path that the message has already. */
export const reasonOf = (cause: unknown): string => ((cause as Error).message.split(", ")[0] ?? "").trim();

/** More than any text that a flag names; a device has no end. */
const mostBytes = 2 ** 26;

/**
 * Bytes of a file, a pipe or a device that a flag names.
 * @param most bytes that are read before it is refused
 * @throws EngineError "file-missing"; "file-invalid" for what is longer
 */
export const bytesOfFile = async (path: string, most = mostBytes): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  const read = beforeEnd(endAtOnce);
  try {
    for await (const part of createReadStream(path)) {
      parts.push(part as Buffer);
      bytes += (part as Buffer).byteLength;
      if (bytes > most) break;
    }
  } catch (cause) {
    throw new EngineError("file-missing", `Cannot read "${path}": ${reasonOf(cause)}.`, { cause });
  } finally {
    read();
  }
  if (bytes <= most) return Buffer.concat(parts);
  throw new EngineError(
    "file-invalid",
    `"${path}" is longer than ${most / 2 ** 20} MiB: it is not the file meant here.`,
    {
      hint: "Check the path after the flag.",
    },
  );
};

/** A text file that a flag names. */
export const textFile = async (path: string): Promise<string> => (await bytesOfFile(path)).toString("utf8");

/** JSON of a file, which says nothing twice: only the last would count. */
export const parsedFile = (path: string, text: string, reviver?: (key: string, value: unknown) => unknown): unknown => {
  const value = ((): unknown => {
    try {
      return JSON.parse(text, reviver);
    } catch (cause) {
      throw new EngineError("file-invalid", `${path} is not JSON: ${(cause as Error).message}.`, { cause });
    }
  })();
  const twice = duplicateKey(text);
  if (twice === undefined) return value;
  throw new EngineError("file-invalid", `${path} says ${shown(twice, 60)} twice.`, { hint: "Keep one of the two." });
};

/** The object in a JSON file. */
export const jsonFile = async (path: string): Promise<object> => {
  const value = parsedFile(path, await textFile(path));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new EngineError("file-invalid", `${path} holds no JSON object.`);
};

/** Prompts of a file, one a line; blank lines are passed over. */
export const promptsIn = async (path: string): Promise<readonly string[]> =>
  (await textFile(path)).split(/\r?\n/).filter((line) => line.trim() !== "");
