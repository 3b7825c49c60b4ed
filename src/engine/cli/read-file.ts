import { readFile } from "node:fs/promises";
import { EngineError } from "../errors.js";

/** What stands in the way of a file, without the path that the message has already. */
export const reasonOf = (cause: unknown): string => ((cause as Error).message.split(", ")[0] ?? "").trim();

/** A text file that a flag names. */
export const textFile = (path: string): Promise<string> =>
  readFile(path, "utf8").catch((cause) => {
    throw new EngineError("file-missing", `Cannot read "${path}": ${reasonOf(cause)}.`, { cause });
  });

/** JSON of a file. */
export const parsedFile = (path: string, text: string, reviver?: (key: string, value: unknown) => unknown): unknown => {
  try {
    return JSON.parse(text, reviver);
  } catch (cause) {
    throw new EngineError("file-invalid", `${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
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
