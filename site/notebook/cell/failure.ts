import type { CellError } from "./messages.js";

/** Of a stack, where its frames are: enough for a hundred. */
const mostSigns = 20_000;

/** A stack without the message that engines put before it, which may be of any length. */
const framesOf = (stack: string, { name, message }: Error): string => {
  const head = `${name}: ${message}`;
  return stack.startsWith(head) ? stack.slice(head.length, head.length + mostSigns) : stack.slice(-mostSigns);
};

/** Where in a program an error arose: the topmost frame that is in one. */
const placeOf = (frames: string): CellError["at"] => {
  const [, program, line, column] = /([\w-]{1,60})\.ts:([1-9]\d{0,6}):([1-9]\d{0,6})\b/.exec(frames) ?? [];
  return program ? { program, line: Number(line), column: Number(column) } : undefined;
};

const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value.slice(0, mostSigns) : undefined;

/** An error, or whatever else was thrown, as data. */
export const failureOf = (thrown: unknown): CellError => {
  try {
    if (!(thrown instanceof Error)) return { name: "Error", message: `${text(String(thrown))} was thrown` };
    const { hint, code, stack } = thrown as Error & { readonly hint?: unknown; readonly code?: unknown };
    return {
      name: text(thrown.name) ?? "Error",
      message: text(thrown.message) ?? "",
      hint: text(hint),
      code: text(code),
      at: typeof stack === "string" ? placeOf(framesOf(stack, thrown)) : undefined,
    };
  } catch {
    return { name: "Error", message: "Something was thrown that does not let itself be read" };
  }
};
