import type { ErrorCode } from "./error-codes.js";

/** Values stand in messages, and a hostile file may hold a value of megabytes. */
const longest = 1500;

/** Characters that move a terminal's cursor, colour it, or turn the direction of what follows. */
const unprintable = /[^\P{Cc}\t\n\r]|\r(?!\n)|[\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Text of somebody else as a terminal may have it: control characters are written out, ends of lines and tabs stay. */
export const printable = (text: string): string =>
  text.replace(unprintable, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** JSON alone says null for NaN and Infinity, which are often what is wrong. */
const named = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

const written = (value: unknown, most: number): string => {
  // Cut first: an escaped character takes more than it was, never less.
  if (typeof value === "string") return JSON.stringify(value.length > most ? value.slice(0, most) : value);
  if (typeof value === "number" || typeof value === "bigint" || value === undefined) return String(value);
  try {
    return JSON.stringify(value, named) ?? `a ${typeof value}`;
  } catch {
    return `a value of the type ${typeof value} that JSON cannot say`; // too deep, or it holds itself or a bigint
  }
};

/** A value as a message has it, whatever it is: one line, without control characters, of about `most` characters. */
export const shown = (value: unknown, most = 200): string => {
  const text = printable(written(value, most));
  const cut = text.length > most || (typeof value === "string" && value.length > most);
  return cut ? `${text.slice(0, most)}…` : text;
};

const oneLine = (given: unknown): string => {
  const text = String(given); // a program without types may throw anything
  const short = text.length > longest ? `${text.slice(0, longest)} …` : text;
  return printable(short.replaceAll(/\s*[\r\n]\s*/g, " "));
};

/**
 * The only error that leaves the engine. `message` says what happened and why, with the values, in one line of bounded
 * length without control characters; `hint` says what to do. Both survive the way through a worker (see `worker/`).
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** Permanent; see {@link errorCodes}. */
  readonly code: ErrorCode;
  /** What to do, where there is something to do. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    const { hint, cause } = options ?? {};
    super(oneLine(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint === undefined ? undefined : oneLine(hint);
  }
}
