import { hintOf, messageOf } from "../page/failure.js";
import type { CellError } from "./cell/messages.js";

/** A program's own error, or the end that it was put to. */
export class CellFailure extends Error {
  constructor(readonly failure: CellError) {
    super(failure.message);
    this.name = failure.name;
  }
  get hint(): string | undefined {
    return this.failure.hint;
  }
  get code(): string | undefined {
    return this.failure.code;
  }
}

/** Anything thrown while a program ran, as it is shown. */
export const cellErrorOf = (error: unknown): CellError =>
  error instanceof CellFailure
    ? error.failure
    : { name: "Error", message: messageOf(error), ...(hintOf(error) ? { hint: hintOf(error) } : {}) };
