import { CellFailure } from "./cell-failure.js";

/**
 * TypeScript as JavaScript that the cell's worker runs, line for line, with imports and exports as CommonJS.
 *
 * @throws CellFailure with the place of a syntax error
 */
export const stripTypes = async (program: string, source: string): Promise<string> => {
  const { transform } = await import("sucrase");
  try {
    return transform(source, { transforms: ["typescript", "imports"], production: true }).code;
  } catch (error) {
    const { message } = error as Error;
    const [, said = message, line, column] =
      /^(?:Error transforming [^:]*: )?(.*?) \((\d+):(\d+)\)$/s.exec(message) ?? [];
    throw new CellFailure({
      name: "SyntaxError",
      message: said,
      at: line ? { program, line: Number(line), column: Number(column) } : undefined,
    });
  }
};

/** The programs that one imports: "./cell-1" as "cell-1". */
export const importsOf = (source: string): readonly string[] =>
  [...source.matchAll(/\bfrom\s*["']\.\/([\w-]+?)(?:\.[jt]s)?["']/g)].map(([, name]) => name as string);
