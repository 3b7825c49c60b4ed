/** A reader's program, as JavaScript with CommonJS imports. */
export type Program = (
  require: (name: string) => unknown,
  exports: Record<string, unknown>,
  display: (...values: readonly unknown[]) => void,
) => Promise<void>;

/** What stands before a program on its first line. */
export const opening = "(async (require, exports, display) => {";

/** Begins on the line of the code's first, so that lines in stacks are those of the code. */
export const compiled = (name: string, code: string): Program =>
  // biome-ignore lint/security/noGlobalEval: running the reader's code is what the cell's worker is for, and it can reach nothing.
  globalThis.eval(`${opening}${code}\n})\n//# sourceURL=${name}.ts`);
