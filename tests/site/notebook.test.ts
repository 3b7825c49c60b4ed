import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editedOptions } from "../../site/example/edited-options.js";
import { Plot } from "../../site/notebook/cell/plot.js";
import { inWords, shownOf } from "../../site/notebook/cell/shown.js";
import { CellFailure } from "../../site/notebook/cell-failure.js";
import { cellsOf, cellsOfText, NotebookError, notebookFile } from "../../site/notebook/notebook-file.js";
import { freshness, type OrderedCell, order } from "../../site/notebook/notebook-order.js";
import { importsOf, stripTypes } from "../../site/notebook/strip-types.js";
import type { Knob } from "../../site/program/example-module.js";
import { ShareError } from "../../site/program/share-link.js";
import { sharedSettings } from "../../site/program/shared-settings.js";

const knobs: readonly Knob[] = [
  { name: "interval", label: "", help: "", type: "range", default: 3, min: 1, max: 8, step: 1 },
  { name: "window", label: "", help: "", type: "window", default: [100, 800], min: 0, max: 1000, step: 10 },
  { name: "preset", label: "", help: "", type: "select", default: "slow", choices: ["slow", "fast"] },
  { name: "on", label: "", help: "", type: "toggle", default: false },
];

describe("a notebook's file", () => {
  const cells = [{ name: "cell-1", code: "export const a = 1;" }];

  test("comes back as it was", () => {
    expect(cellsOfText(JSON.stringify(notebookFile(cells)))).toEqual(cells);
  });

  test.each([
    [{}, /its format is not/],
    [{ ...notebookFile(cells), version: 2 }, /of version 2; this page reads version 1/],
    [{ ...notebookFile(cells), cells: [] }, /no cells/],
    [{ ...notebookFile(cells), cells: Array(51).fill(cells[0]) }, /51 cells, more than 50/],
    [notebookFile([...cells, ...cells]), /two cells are called cell-1/],
    [notebookFile([{ name: "../x", code: "" }]), /cell 1 has no name/],
    [notebookFile([{ name: "a", code: "x".repeat(100_001) }]), /a has no program of at most/],
    [
      notebookFile(Array.from({ length: 11 }, (_, at) => ({ name: `a${at}`, code: "x".repeat(99_999) }))),
      /its programs have more than 1000000 signs/,
    ],
  ])("that is not sound is refused in words: %#", (value, message) => {
    expect(() => cellsOf(value)).toThrow(message);
    expect(() => cellsOf(value)).toThrow(NotebookError);
  });

  test("of any JSON is read or refused", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          cellsOfText(text);
        } catch (error) {
          expect(error).toBeInstanceOf(NotebookError);
        }
      }),
    );
  });
});

describe("the order of cells", () => {
  const cell = (name: string, imports: readonly string[], run?: OrderedCell["run"]): OrderedCell => ({
    ...{ name, imports, code: name },
    run,
  });
  const ran = (code: string, number: number, imported: readonly (readonly [string, number])[] = [], worker = 0) => ({
    ...{ code, number, worker, imported: new Map(imported) },
  });

  test("is the notebook's, of what is needed alone", () => {
    const cells = [cell("a", []), cell("b", []), cell("c", ["a"]), cell("d", ["c", "a"])];
    expect(order(cells[3] as OrderedCell, cells).map(({ name }) => name)).toEqual(["a", "c", "d"]);
  });

  test.each([
    ["c", ["later"], "c imports from later, and no cell is called that."],
    ["a", ["b"], "a imports from b, which does not come before it."],
    ["a", ["a"], "a imports from a, which does not come before it."],
  ])("cannot be had of %s with %j", (name, imports, message) => {
    const cells = [cell("a", name === "a" ? imports : []), cell("b", []), cell("c", name === "c" ? imports : [])];
    expect(() => order(cells.find((one) => one.name === name) as OrderedCell, cells)).toThrow(message);
  });

  test("tells which results no longer stand, and why", () => {
    const now = (cells: readonly OrderedCell[], worker = 0) => cells.map(freshness(cells, worker));
    const [a, b] = [cell("a", [], ran("a", 1)), cell("b", ["a"], ran("b", 2, [["a", 1]]))];
    expect(now([a, b])).toEqual([undefined, undefined]);
    expect(now([cell("a", [], ran("a", 3)), b])).toEqual([undefined, "a has run again since"]);
    expect(now([cell("a", [], ran("old", 1)), b])).toEqual(["edited since this result", "the result of a is stale"]);
    expect(now([cell("a", []), b])).toEqual([undefined, "a has no result now"]);
    expect(now([a, b], 1)[0]).toMatch(/worker was stopped/);
  });
});

describe("a program", () => {
  test("loses its types and keeps its lines", async () => {
    const source = 'import { type A, b } from "x";\n\nexport const c: A = b as A;\nthrow new Error("line 4");';
    const { code } = await stripTypes("cell-1", source);
    const lines = code.split("\n").slice(1); // the first has the imports
    expect(lines).toHaveLength(4);
    expect(lines[3]).toContain("line 4");
    expect(code).not.toMatch(/: A|as A/);
  });

  test("with an error in it says where", async () => {
    const error = await stripTypes("cell-1", "const a = 1;\nconst = 2;").catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CellFailure);
    expect(error.failure.at).toMatchObject({ program: "cell-1", line: 2 });
  });

  test("names the cells it imports from, once, in whatever form it does", () => {
    const source =
      'import { a } from "./cell-1";\nimport * as P from "@observablehq/plot";\nexport { b } from "./own.ts";\nimport {\n  c,\n} from "./cell-1";\nimport "./side";\nawait import("./late");\n// not from "./comment"';
    expect(importsOf(source)).toEqual(["cell-1", "own", "side", "late"]);
  });
});

describe("what a program displays", () => {
  test("is told apart by what it is", () => {
    const clip = { dims: [1, 3, 2, 4, 4], data: new Float32Array(96), fps: 8 };
    const types = (value: unknown) => shownOf(value).map(({ type }) => type);
    expect(types("text")).toEqual(["text"]);
    expect(types(clip)).toEqual(["clip"]);
    expect(types([{ a: 1 }, { b: 2 }])).toEqual(["table"]);
    expect(types([{ site: "s", kind: "output", computed: "101" }])).toEqual(["grid"]);
    expect(types(Plot.plot({ marks: [] }))).toEqual(["plot"]);
    expect(types([1, 2])).toEqual(["text"]);
  });

  test("any value can be said, cycles and all", () => {
    const cycle: Record<string, unknown> = { n: 1n, f: () => 1, nan: Number.NaN, set: new Set([1]) };
    cycle.self = cycle;
    expect(inWords(cycle)).toContain('"self": "…"');
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withTypedArray: true }),
        (value) => {
          expect(typeof inWords(value)).toBe("string");
        },
      ),
    );
  });

  test("a plot crosses as values: functions, fields and constants of channels", () => {
    const rows = [
      { a: 1, b: 2 },
      { a: 3, b: 5 },
    ];
    const dot = (Plot as unknown as Record<string, (data: unknown, options: object) => unknown>).dot;
    expect(dot?.(rows, { x: "a", y: (row: { b: number }) => row.b * 2, fill: "red" })).toEqual({
      mark: "dot",
      length: 2,
      options: { x: { label: "a", value: [1, 3] }, y: [4, 10], fill: "red" },
    });
  });
});

describe("settings", () => {
  const shared = { example: "e", model: "m", prompt: "p", seed: 1, guidance: 2, steps: 8 };

  test("of a link are held to the controls; what it leaves out is the default", () => {
    expect(sharedSettings({ ...shared, options: { interval: 5 } }, knobs).options).toEqual({
      ...{ interval: 5, window: [100, 800], preset: "slow", on: false },
    });
  });

  test.each([
    [{ seed: -1 }],
    [{ seed: 1.5 }],
    [{ steps: 1e9 }],
    [{ guidance: "2" }],
    [{ prompt: "x".repeat(501) }],
    [{ options: { interval: 9 } }],
    [{ options: { window: [800, 100] } }],
    [{ options: { preset: "<b>" } }],
    [{ options: { __proto__: null, constructor: 1 } }],
    [{ options: null }],
    [{ example: 1 }],
  ])("%j are refused by name", (odd) => {
    expect(() => sharedSettings({ ...shared, options: {}, ...odd }, knobs)).toThrow(ShareError);
  });

  test("of an edited program are its own defaults, but for controls that the reader moved", () => {
    const edited = [
      { name: "interval", default: 5 },
      { name: "on", default: true },
      { name: "more", default: 2 },
      { name: "odd", default: {} },
    ];
    const chosen = { interval: 3, window: [0, 500] as const, preset: "slow", on: true };
    expect(editedOptions(chosen, knobs, edited)).toEqual({ ...chosen, interval: 5, more: 2 });
    expect(editedOptions(chosen, knobs, "no list")).toEqual(chosen);
  });
});
