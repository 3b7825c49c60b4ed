import { codeOf } from "../page/failure.js";

/** Whether an engine is of no more use after an error. */
export const engineBroke = (error: unknown): boolean =>
  ["device-lost", "out-of-memory", "runtime-failed"].includes(codeOf(error));
