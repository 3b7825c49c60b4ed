import { EngineError } from "../errors.js";
import { openFiles } from "../models/files.js";
import { jsonReader } from "../models/json-files.js";
import { parsePrompt, vocabularyFromJson } from "../text/vocabulary.js";
import { requiredOf, type Values } from "./arguments.js";
import { promptsIn } from "./read-file.js";

/**
 * The prompts of --prompts, each held against the vocabulary of --model: before weights are loaded and runs are made.
 *
 * @throws EngineError "argument-invalid" for a file without a line, "prompt-invalid" with the line's number, "input-invalid"
 *   for a model that reads no prompts; as reading the files
 */
export const readablePrompts = async (values: Values): Promise<readonly string[]> => {
  const [file, model] = [requiredOf(values, "prompts"), requiredOf(values, "model")];
  const prompts = await promptsIn(file);
  if (prompts.length === 0)
    throw new EngineError("argument-invalid", `--prompts names "${file}", which holds no line.`);
  const words = await jsonReader(await openFiles(model), undefined, undefined).optional("text/vocabulary.json");
  if (!words)
    throw new EngineError("input-invalid", `${model} has no text/vocabulary.json, so it cannot read the prompts.`, {
      hint: "Measure a model with a vocabulary.",
    });
  const vocabulary = vocabularyFromJson(words);
  for (const [at, prompt] of prompts.entries())
    try {
      parsePrompt(vocabulary, prompt);
    } catch (cause) {
      const { code, message, hint } = cause as EngineError;
      throw new EngineError(code, `"${file}", prompt ${at + 1}: ${message}`, { cause, ...(hint ? { hint } : {}) });
    }
  return prompts;
};
