import { EngineError, shown } from "../../errors.js";

/**
 * An address made whole by that of a page or a folder.
 * @throws EngineError "input-invalid" for one that names no server
 */
export const absolute = (address: string, base?: string): string => {
  try {
    return new URL(address, base).href;
  } catch (cause) {
    throw new EngineError("input-invalid", `${shown(address)} is no address of a folder of files.`, {
      hint: "Write it like https://host/folder.",
      cause,
    });
  }
};
