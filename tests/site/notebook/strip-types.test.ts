import { describe, expect, test } from "vitest";
import { compiled } from "../../../site/notebook/cell/compiled.js";
import { failureOf } from "../../../site/notebook/cell/failure.js";
import { importsOf, stripTypes } from "../../../site/notebook/strip-types.js";

/** Runs a program as the worker of a cell does. @returns what it displayed, and where it failed in its source */
const ran = async (source: string, programs: Readonly<Record<string, object>> = {}) => {
  const shown: unknown[] = [];
  const { code, sourceOf } = await stripTypes("cell-1", source);
  const require = (name: string) => {
    if (programs[name]) return programs[name];
    const error = new Error(`no ${name}`);
    error.stack = String(error.stack).replace(/.*strip-types\.test.*\n/g, ""); // the worker's own file is no program
    throw error;
  };
  try {
    await compiled("cell-1", code)(require, {}, (...values) => shown.push(...values));
    return { shown, at: undefined };
  } catch (error) {
    const { at, message } = failureOf(error);
    return { shown, message, at: at && sourceOf(at) };
  }
};

describe("a program in a cell", () => {
  test.each([
    ["the first line", "foo();", { line: 1, column: 1 }],
    ["behind types", 'const a: number = 1 as number; const b: string = "x" as string; foo();', { line: 1, column: 65 }],
    ["a later line", 'import { a } from "./cell-0";\ndisplay(a); nothing();', { line: 2, column: 13 }],
    ["an imported name", 'import { a } from "./cell-0";\n  a.b.c();', { line: 2, column: 7 }],
    ["an import", 'const first = 1;\nimport { a } from "./gone"; display(a);', { line: 2, column: 1 }],
  ])("says where it failed, as it was written: %s", async (_, source, place) => {
    const { at } = await ran(source, { "./cell-0": { a: 1 } });
    expect(at).toEqual(place);
  });

  test("may use what it imports further down", async () => {
    const source =
      'display(a, both.a, first);\nimport { a } from "./cell-0";\nimport * as both from "./cell-0"; import first from "./cell-0";\ndisplay("end");';
    const cell = { __esModule: true, a: 7, default: 8 };
    expect((await ran(source, { "./cell-0": cell })).shown).toEqual([7, 7, 8, "end"]);
  });

  test("runs in strict mode", async () => {
    expect((await ran("undeclared = 1;")).message).toMatch(/undeclared is not defined/);
  });

  test("of many lines that begin like imports is read in time that grows with it", () => {
    expect(importsOf("import\n".repeat(14_000))).toEqual([]);
  });
});
