import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Plot, type Plotted } from "../../../site/notebook/cell/plot.js";
import { messageFlow } from "../../../site/notebook/message-flow.js";
import { checkedOutput, checkedResult } from "../../../site/notebook/output/checked-output.js";

const taking = () => {
  const told: string[] = [];
  return { ...checkedOutput((text) => told.push(text)), told };
};
const says = (shown: unknown): string => String((taking().shown(shown) as { text?: unknown } | undefined)?.text);

describe("what a cell sends", () => {
  test("is shown up to a number of things and lines, and one line says that more came", () => {
    const { shown, line, told } = taking();
    const things = Array.from({ length: 500 }, () => shown({ type: "text", text: "x" })).filter(Boolean);
    expect(things).toHaveLength(200);
    const lines = Array.from({ length: 5000 }, () => line({ level: "log", text: "x" })).filter(Boolean);
    expect(lines).toHaveLength(1000);
    expect(told).toEqual([
      "Cut here: a run can show 200 things displayed, and this one has more.",
      "Cut here: a run can show 1,000 lines of the console, and this one has more.",
    ]);
  });

  test("is cut to what can be drawn: texts, tables, grids", () => {
    const { shown, told } = taking();
    expect(shown({ type: "text", text: "x".repeat(1e6) })).toMatchObject({
      text: expect.stringMatching(/^x{50000} … 950000 more signs$/),
    });
    const row = Array.from({ length: 50 }, () => 1);
    const table = { type: "table", columns: row.map(String), rows: Array.from({ length: 500 }, () => row), more: 0 };
    const sizes = Array.from({ length: 3 }, () => shown(table) as { rows: readonly unknown[]; more: number });
    expect(sizes.map(({ rows, more }) => [rows.length, more])).toEqual([
      [500, 0],
      [0, 500],
      [0, 500],
    ]);
    expect(told).toEqual(["Cut here: a run can show 25,000 cells of tables, and this one has more."]);
    const planned = [
      { site: "a", kind: "output", computed: "101" },
      { site: "b", kind: "<b>", computed: "1" },
      { site: "c", kind: "output", computed: "12" },
    ];
    expect(taking().shown({ type: "grid", planned })).toEqual({ type: "grid", planned: planned.slice(0, 1) });
  });

  test("of any data becomes something that can be drawn", () => {
    const type = fc.constantFrom("text", "table", "grid", "clip", "plot", "constructor");
    const fields = fc.dictionary(
      fc.constantFrom("text", "columns", "rows", "more", "planned", "dims", "data", "fps", "plot"),
      fc.anything(),
    );
    fc.assert(
      fc.property(type, fields, fc.anything(), (type, fields, odd) => {
        const { shown, line } = taking();
        expect(["text", "table", "grid", "clip", "plot"]).toContain(shown({ ...fields, type })?.type);
        expect(typeof line(odd)?.text).toBe("string");
        expect(checkedResult(odd).methods.length).toBeLessThanOrEqual(20);
      }),
    );
  });

  test.each([
    [
      { dims: [1, 3, 1, 2, 2], data: new Float32Array(11) },
      "This cannot be shown: a clip of 1 × 3 × 1 × 2 × 2 has 12 numbers",
    ],
    [{ dims: [1, 3, 1, -2, 2], data: new Float32Array(0) }, /a clip has the shape/],
    [{ dims: [1, 3, 1, 2], data: [] }, /a clip has the shape/],
  ])("a clip that is none says so: %#", (clip, message) => {
    expect(says({ type: "clip", ...clip })).toMatch(message);
  });
});

type Marks = Readonly<Record<string, (data: unknown, options?: object) => unknown>>;
const { dot, line, frame } = Plot as unknown as Marks;
const rows = [
  { a: 1, b: 2, c: "red" },
  { a: 3, b: 5, c: "blue" },
];
const plotted = (marks: readonly unknown[], options: object = {}) => {
  const { shown } = (Plot as unknown as { plot(of: object): Plotted }).plot({ marks, ...options });
  return taking().shown({ type: "plot", plot: shown });
};
const why = (marks: readonly unknown[], options: object = {}): string =>
  String((plotted(marks, options) as { text?: string }).text).replace("This plot cannot be drawn: ", "");

describe("a plot", () => {
  test("keeps what draws: fields, functions, constants, dates, scales", () => {
    const marks = [
      dot?.(rows, { x: "a", y: (row: { b: number }) => row.b, fill: "c", r: 3 }),
      line?.([1, 2], { stroke: "var(--dc-cached)" }),
      frame?.({ stroke: "red" }),
    ];
    const options = {
      height: 300,
      x: { type: "log", tickFormat: ".2f" },
      y: { ticks: 5, domain: [0, 1] },
      color: { scheme: "blues" },
    };
    expect(plotted(marks, options)).toMatchObject({
      plot: { options, marks: [{ mark: "dot", length: 2 }, { mark: "line" }, { options: { stroke: "red" } }] },
    });
  });

  test.each([
    [
      [dot?.(rows, { x: "a", fill: "#ff00gg" })],
      {},
      'fill of dot is "#ff00gg", which is neither a colour nor a field of its data',
    ],
    [[dot?.(rows, { x: "z" })], {}, 'x of dot is "z", which is no field of its data'],
    [[dot?.(rows, { x: "a", strokeWidth: 1e9 })], {}, "dot: strokeWidth is 1000000000, which it cannot be"],
    [[dot?.(rows, { x: "a", fx: (_: unknown, at: number) => at })], {}, undefined],
    [
      [dot?.(Array.from({ length: 50 }), { fx: (_: unknown, at: number) => at })],
      {},
      "fx of dot has more than 40 different values",
    ],
    [[], { height: 1e9 }, "height is 1000000000, which it cannot be"],
    [[], { x: { ticks: 1e7 } }, "x: ticks is 10000000, which it cannot be"],
    [[], { x: { tickFormat: "200000000d" } }, 'x: tickFormat is "200000000d", which it cannot be'],
    [[], { color: { range: ["url(/a)"] } }, "color: range is a list, which it cannot be"],
    [Array.from({ length: 51 }, () => frame?.({})), {}, "it has 51 marks, more than 50"],
    [[{ mark: "image", length: 1, options: {} }], {}, 'there is no mark "image"'],
  ])("says what it cannot draw, and why: %#", (marks, options, message) => {
    if (message === undefined) expect(plotted(marks, options)?.type).toBe("plot");
    else expect(why(marks, options)).toBe(message);
  });

  // Values that a browser would load something for, or that hide such a one behind an escape of CSS.
  const loading = [
    "url(/a)",
    "\\75rl(/a#b)",
    "\\75 rl(/a)",
    "image-set('/a' 1x)",
    "var(--a, url(/b))",
    "rgb(0 0 0 / url(/a))",
    "red;background:url(/a)",
    "color-mix(in srgb, url(a), red)",
  ];
  test.each(loading)("lets no colour load anything: %s", (colour) => {
    expect(why([dot?.(rows, { x: "a", fill: colour })])).toMatch(/^fill of dot is .* neither a colour/);
    expect(why([dot?.(rows, { x: "a", stroke: () => colour })], { color: { type: "identity" } })).toMatch(/no colour$/);
    expect(why([], { color: { range: [colour] } })).toMatch(/^color: range/);
    // As names of groups they are texts like any other: the scale gives them their colours.
    expect(plotted([dot?.(rows, { x: "a", fill: () => colour })])).toMatchObject({
      plot: { marks: [{ options: { fill: { scale: true } } }], options: { color: { type: "categorical" } } },
    });
    for (const option of ["strokeDasharray", "symbol", "curve", "textAnchor"])
      expect(why([dot?.(rows, { x: "a", [option]: colour })])).toMatch(/which it cannot be$/);
  });

  test("has no more data than a page can draw", () => {
    const many = Array.from({ length: 40_000 }, (_, at) => ({ at }));
    expect(plotted([dot?.(many, { x: "at" })])).toMatchObject({ plot: { marks: [{ length: 30_000 }] } });
  });
});

test("messages may come at once up to a number, then as many as the seconds allow; one too many is told once", () => {
  let [now, told] = [0, 0];
  const flow = messageFlow(
    10,
    5,
    () => told++,
    () => now,
  );
  const send = (count: number) => Array.from({ length: count }, flow).filter(Boolean).length;
  expect(send(10)).toBe(10);
  now = 1000;
  expect(send(5)).toBe(5);
  expect(told).toBe(0);
  expect(send(3)).toBe(0);
  now = 10_000;
  expect([send(3), told]).toEqual([0, 1]);
});
