import { EngineError, shown } from "../errors.js";
import type { Json } from "./json-files.js";

/** More classes than any data set has that networks are told by number. */
const mostClasses = 100_000;

/**
 * Names of the classes in a pipeline's model_index.json: `id2label` of diffusers' DiTPipeline, whose entries are synonyms
 * with commas between them; the first stands for all. Undefined where there are none.
 *
 * @param where the file, for messages
 * @throws EngineError "file-invalid"
 */
export const classesOf = (index: Json | undefined, where: string): readonly string[] | undefined => {
  const labels = index?.id2label;
  if (labels === undefined || labels === null) return undefined;
  const refuse = (why: string): EngineError =>
    new EngineError("file-invalid", `${where} names no classes: ${why}.`, {
      hint: "Save the pipeline again with diffusers, or remove id2label from the file.",
    });
  if (typeof labels !== "object" || Array.isArray(labels)) throw refuse(`id2label is ${shown(labels, 60)}`);
  const names = Object.entries(labels);
  if (names.length > mostClasses) throw refuse(`id2label has ${names.length} entries`);
  const classes: string[] = [];
  for (const [number, name] of names) {
    const at = Number(number);
    if (!/^\d+$/.test(number) || at >= names.length) throw refuse(`id2label has the number ${shown(number, 60)}`);
    if (typeof name !== "string") throw refuse(`class ${number} is ${shown(name, 60)}`);
    classes[at] = (name.split(",")[0] ?? "").trim();
  }
  return classes;
};
