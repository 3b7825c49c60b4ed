import { type ErrorCode, errorCodes } from "../error-codes.js";
import { EngineError } from "../errors.js";
import type { SentError } from "./protocol.js";

/** The error that was sent; one with a code that is none of the engine's is a plain Error. */
export const unpackError = (sent: SentError | null | undefined): Error => {
  const { code, message, hint, stack } = sent ?? { message: "the other side says nothing of its error" };
  const known = code !== undefined && Object.hasOwn(errorCodes, code);
  const error = known
    ? new EngineError(code as ErrorCode, message, hint === undefined ? {} : { hint })
    : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
};
