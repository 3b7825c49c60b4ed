import { EngineError } from "../errors.js";
import { expectNoOther } from "../files/safetensors-header.js";
import type { Manifest } from "./manifest.js";
import type { Expected, Files } from "./source.js";

/** A JSON object of unknown content. */
export type Json = Readonly<Record<string, unknown>>;

/** What a manifest says of a path; undefined without manifest or entry. */
export const expectedOf = (manifest: Manifest | undefined, path: string): Expected | undefined =>
  manifest?.files.find((file) => file.path === path);

/** Reads JSON objects among a model's files. */
export const jsonReader = (files: Files, manifest: Manifest | undefined, signal: AbortSignal | undefined) => ({
  /**
   * The object in a file; undefined where there is none. With a manifest only what it lists is looked for.
   *
   * @throws EngineError "file-invalid", and every code of reading but "file-missing"
   */
  async optional(path: string): Promise<Json | undefined> {
    const expected = expectedOf(manifest, path);
    if (manifest && !expected) return undefined;
    let bytes: Uint8Array;
    try {
      bytes = await files.read(path, { signal, expected });
    } catch (error) {
      if (!expected && error instanceof EngineError && error.code === "file-missing") return undefined;
      throw error;
    }
    return parseObject(`${files.name}: ${path}`, bytes);
  },
});

/**
 * Python writes infinities by name, which JSON does not have: diffusers saves a DPM-Solver's `lambda_min_clipped` so. They
 * are written as numbers too large for any, which JSON reads as infinite; what stands in quotes is left alone.
 */
const withoutInfinity = (text: string): string =>
  text.includes("Infinity")
    ? text.replace(/"(?:[^"\\]|\\.)*"|Infinity/g, (word) => (word === "Infinity" ? "1e999" : word))
    : text;

const parseObject = (where: string, bytes: Uint8Array): Json => {
  const invalid = (why: string, cause?: unknown) =>
    new EngineError("file-invalid", `${where} is not a JSON object: ${why}.`, {
      hint: "Export the file again.",
      cause,
    });
  expectNoOther(where, bytes);
  let value: unknown;
  try {
    value = JSON.parse(withoutInfinity(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`it holds ${Array.isArray(value) ? "a list" : String(value)}`);
  return value as Json;
};
