import { EngineError, shown } from "../errors.js";

/**
 * The entry of a table for the architecture that a checkpoint's config.json names.
 * @throws EngineError "model-unknown"
 */
export const byClassName = <T>(entries: Readonly<Record<string, T>>, config: unknown): T => {
  const name = (config as { _class_name?: unknown } | null)?._class_name;
  const found = typeof name === "string" && Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (!found)
    throw new EngineError("model-unknown", `config.json names the architecture ${shown(name)}.`, {
      hint: `The engine has: ${Object.keys(entries).join(", ")}.`,
    });
  return found;
};
