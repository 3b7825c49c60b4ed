import { type KeptProgram, keptProgram } from "../notebook/kept-program.js";

// What only those load who open an example's program.
export { loadEditor } from "../notebook/load-editor.js";

const sources = import.meta.glob<string>("/examples/*.ts", { query: "?raw", import: "default" });

/** The program of an example as it is shipped, and what keeps an edit of it. */
export const shippedProgram = async (
  example: string,
): Promise<{ readonly source: string; readonly kept: KeptProgram }> => {
  const source = (await sources[`/examples/${example}.ts`]?.())?.trimEnd() ?? "";
  return { source, kept: keptProgram(example, source) };
};
