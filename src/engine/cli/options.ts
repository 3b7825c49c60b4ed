import { EngineError, shown } from "../errors.js";
import { duplicateKey } from "../files/duplicate-key.js";
import { jsonFile } from "./read-file.js";

const hint =
  'Write it like interval=3, or @file.json, or as JSON: \'{"interval": 3}\' in a Unix shell, "{\\"interval\\": 3}" in cmd and PowerShell.';

const refuse = (text: string, why: string, cause?: unknown): never => {
  throw new EngineError("argument-invalid", `--options is ${shown(text)}, ${why}.`, { hint, cause });
};

const saidTwice = (key: string): string => `which says ${shown(key, 60)} twice`;

/** Parts between commas or spaces that stand in no brackets and no quotes. */
const partsOf = (text: string): readonly string[] => {
  const parts = [""];
  let [depth, quoted] = [0, false];
  for (const sign of text) {
    if (sign === '"') quoted = !quoted;
    else if (!quoted && "[{".includes(sign)) depth++;
    else if (!quoted && "]}".includes(sign)) depth--;
    if (!quoted && depth === 0 && /[\s,]/.test(sign)) parts.push("");
    else parts.push((parts.pop() ?? "") + sign);
  }
  return parts.filter(Boolean);
};

/** As JSON where it is that; else the word itself. */
const wordOrJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const pairsOf = (text: string): object => {
  const pairs = partsOf(text).map((part) => {
    const at = part.indexOf("=");
    if (at < 1) return refuse(text, `where ${shown(part, 60)} is no key=value`);
    return [part.slice(0, at), wordOrJson(part.slice(at + 1))] as const;
  });
  const twice = pairs.find(([key], at) => pairs.findIndex(([other]) => other === key) < at);
  if (twice) refuse(text, saidTwice(twice[0]));
  return Object.fromEntries(pairs);
};

const parsed = (text: string): unknown => {
  const value = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch (cause) {
      return refuse(text, `which is not JSON: ${(cause as Error).message}`, cause);
    }
  })();
  const twice = duplicateKey(text);
  return twice === undefined ? value : refuse(text, saidTwice(twice));
};

/**
 * Options of a method as the command line has them: JSON, `key=value` pairs, or `@file.json`.
 * @throws EngineError "argument-invalid"; "file-missing" and "file-invalid" of a file
 */
export const optionsOf = async (text: string): Promise<object> => {
  const trimmed = text.trim();
  if (trimmed.startsWith("@")) return jsonFile(trimmed.slice(1));
  // Without a bracket and without a key it was meant as JSON.
  if (!/^[{["]/.test(trimmed) && trimmed.includes("=")) return pairsOf(trimmed);
  const value = parsed(trimmed);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value
    : refuse(text, "which is no object of named options");
};
