import type { CellError } from "./messages.js";

/** Of the texts of an error. */
const mostSigns = 20_000;

/** A frame in a program: "at f (cell-1.ts:3:7)" in Chromium, "f@cell-1.ts:3:7" elsewhere. */
const frame = /(?:^|[\s(@])([\w-]{1,60})\.ts:([1-9]\d{0,6}):([1-9]\d{0,6})\)?$/;

/**
 * Where in a program an error arose: the topmost frame that is in one. Frames of this worker name it by its whole data:
 * address, and messages before the frames may be of any length: no long line is one of a program.
 */
const placeOf = (stack: string): CellError["at"] => {
  const lines = stack.split("\n").filter((line) => line.length < 1000);
  const [, program, line, column] = lines.map((one) => frame.exec(one)).find(Boolean) ?? [];
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
      at: typeof stack === "string" ? placeOf(stack) : undefined,
    };
  } catch {
    return { name: "Error", message: "Something was thrown that does not let itself be read" };
  }
};
