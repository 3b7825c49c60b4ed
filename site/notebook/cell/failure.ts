import type { CellError } from "./messages.js";

/** Where in a program an error arose: the topmost line of its stack that is one of a program's. */
const placeOf = (stack: string): CellError["at"] => {
  const [, program, line, column] = /([\w-]+)\.ts:(\d+):(\d+)/.exec(stack) ?? [];
  return program ? { program, line: Number(line), column: Number(column) } : undefined;
};

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** An error, or whatever else was thrown, as data. */
export const failureOf = (thrown: unknown): CellError => {
  if (!(thrown instanceof Error)) return { name: "Error", message: `${String(thrown)} was thrown` };
  const { hint, code } = thrown as Error & { readonly hint?: unknown; readonly code?: unknown };
  return {
    name: thrown.name,
    message: thrown.message,
    hint: text(hint),
    code: text(code),
    at: placeOf(thrown.stack ?? ""),
  };
};
