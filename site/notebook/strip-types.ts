import { opening } from "./cell/compiled.js";
import { CellFailure } from "./cell-failure.js";

interface Place {
  readonly line: number;
  readonly column: number;
}

/** A program as the cell's worker runs it. */
export interface Stripped {
  /** JavaScript with imports and exports as CommonJS: on its first line all imports, as programs have them, then each line as it was written. */
  readonly code: string;
  /** Where in the source a place of the code is, both from 1; undefined where none of the source is. */
  readonly sourceOf: (place: Place) => Place | undefined;
}

/** What becomes of one import declaration. */
const imported = /var _\w+ = require\('[^']*'\);(?: var \w+ = _interopRequire(?:Wildcard|Default)\(_\w+\);)?/g;

interface Hoisted extends Place {
  /** Its columns on the first line. */
  readonly from: number;
  readonly to: number;
}

/** Imports go before everything else, wherever they are written; blanks stay in their places. */
const hoist = (code: string, source: readonly string[]) => {
  let first = '"use strict";';
  const places: Hoisted[] = [];
  const lines = code.split("\n").map((line, at) => {
    const column = source[at]?.search(/\bimport\b/) ?? -1;
    if (column < 0) return line;
    return line.replace(imported, (statement) => {
      places.push({ line: at + 1, column: column + 1, from: first.length, to: first.length + statement.length });
      first += statement;
      return " ".repeat(statement.length);
    });
  });
  return { code: [first, ...lines].join("\n"), places };
};

/**
 * TypeScript as JavaScript that the cell's worker runs.
 *
 * @throws CellFailure with the place of a syntax error
 */
export const stripTypes = async (program: string, source: string): Promise<Stripped> => {
  const [{ transform }, { originalPositionFor, TraceMap }] = await Promise.all([
    import("sucrase"),
    import("@jridgewell/trace-mapping"),
  ]);
  try {
    const { code, sourceMap } = transform(source, {
      transforms: ["typescript", "imports"],
      production: true,
      filePath: `${program}.ts`,
      sourceMapOptions: { compiledFilename: `${program}.js` },
    });
    const hoisted = hoist(code, source.split("\n"));
    const map = new TraceMap({ ...sourceMap, version: 3 } as ConstructorParameters<typeof TraceMap>[0]);
    return {
      code: hoisted.code,
      sourceOf({ line, column }) {
        if (line === 1) {
          const at = column - opening.length;
          const place = hoisted.places.find(({ from, to }) => at > from && at <= to);
          return place && { line: place.line, column: place.column };
        }
        const found = originalPositionFor(map, { line: line - 1, column: column - 1 });
        return found.line === null ? { line: line - 1, column } : { line: found.line, column: found.column + 1 };
      },
    };
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

/** The programs that one imports, once each: "./cell-1" as "cell-1". */
export const importsOf = (source: string): readonly string[] => {
  const statement = /^[ \t]*(?:import|export)\b[^;'"]{0,4000}["']\.\/([\w-]+?)(?:\.[jt]s)?["']/gm;
  const call = /\bimport\(\s*["']\.\/([\w-]+?)(?:\.[jt]s)?["']\s*\)/g;
  const found = [statement, call].flatMap((form) => [...source.matchAll(form)].map(([, name]) => name as string));
  return [...new Set(found)];
};
