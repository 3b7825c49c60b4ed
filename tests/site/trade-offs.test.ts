import { readFileSync } from "node:fs";
import {
  type BenchReport,
  benchFigures,
  benchReportFromJson,
  type Measure,
  measures,
  methods,
  presetsFromJson,
  readInfinity,
} from "diffusion-cache";
import { describe, expect, it } from "vitest";
import { notebookFile } from "../../site/notebook/notebook-file.js";
import { ownMethodOf, rowOf } from "../../site/notebook/own-methods.js";
import { shareFragment } from "../../site/program/share-link.js";
import { benchCommand } from "../../site/table/bench-command.js";
import { columnsWith, nextSorting, sorted } from "../../site/table/trade-off-columns.js";
import { readTableLink } from "../../site/table/trade-off-link.js";
import { benchMethods } from "../../site/table/trade-off-methods.js";
import { differences, shownFigures, shownRows, verdict } from "../../site/table/trade-off-rows.js";

const read = (file: string): string => readFileSync(file, "utf8");
const recorded = benchReportFromJson(
  JSON.parse(read("site/public/recorded/trade-offs.json"), readInfinity),
  "recorded",
);
const view = {
  ...{ report: recorded, sorting: { key: "speedup", order: "descending" } as const, floor: 26 },
  measure: measures.find(({ name }) => name === "flip") as Measure,
  pages: { fora: { title: "FORA", href: "/methods/fora/" } },
};
const columns = columnsWith(view.measure);
const named = (report: BenchReport, change: object): BenchReport => ({
  ...report,
  rows: report.rows.map((row) => (row.method === "fora" ? { ...row, ...change } : row)),
});

describe("the recorded table", () => {
  it("has a row, or a reason for none, for every method that has a preset", () => {
    const { methods: presets } = presetsFromJson(
      JSON.parse(read("site/public/models/latte-motion-nano/presets.json")),
      "",
    );
    const there = [...recorded.rows.map(({ method }) => method), ...Object.keys(recorded.leftOut)];
    for (const name of Object.keys(methods)) if (presets[name]?.balanced) expect(there).toContain(name);
    expect(recorded.complete).toBe(true);
    expect(recorded.rows.some(({ kind }) => kind === "fewer-steps")).toBe(true);
  });
});

describe("sorting", () => {
  const figures = benchFigures(recorded);

  it.each(columns.map(({ key }) => key))("by %s puts rows in order both ways, empty cells last", (key) => {
    const { value } = columns.find((one) => one.key === key) as (typeof columns)[number];
    const up = sorted(figures, { key, order: "ascending" }, columns).map(value);
    const down = sorted(figures, { key, order: "descending" }, columns).map(value);
    const filled = up.filter((one) => one !== undefined);
    expect(up.slice(0, filled.length)).toEqual(filled);
    expect(down.slice(0, filled.length)).toEqual(filled.toReversed());
    expect(filled).toEqual(
      filled.toSorted((a, b) => (typeof a === "number" ? a - Number(b) : String(a).localeCompare(String(b), "en"))),
    );
  });

  it("begins with the better end of a column and turns round at the second press", () => {
    const column = (key: string) => columns.find((one) => one.key === key) as (typeof columns)[number];
    const start = { key: "speedup", order: "descending" } as const;
    expect(nextSorting(column("speedup"), start)).toEqual({ key: "speedup", order: "ascending" });
    expect(nextSorting(column("time"), start)).toEqual({ key: "time", order: "ascending" });
    expect(nextSorting(column("measure"), start)).toEqual({ key: "measure", order: "ascending" }); // FLIP: lower is closer
  });
});

describe("the rows of the table", () => {
  const rowOfFora = (rows: ReturnType<typeof shownRows>) => rows.find(({ title }) => title === "FORA");

  it("mark one winner, and lead to the pages", () => {
    const rows = shownRows(view);
    expect(rows.filter(({ fastest }) => fastest)).toHaveLength(1);
    expect(rowOfFora(rows)).toMatchObject({ href: "/methods/fora/", kind: "cached" });
    expect(verdict(view)).toMatch(/^Fastest that keeps 26 dB: /);
  });

  it("are those of the chosen methods, the uncached run and fewer steps of their time", () => {
    const shown = shownFigures({ ...view, shows: (name) => name === "fora" }).map(({ row }) => row);
    expect(shown.filter(({ kind }) => kind === "cached").map(({ method }) => method)).toEqual(["fora"]);
    expect(shown.filter(({ kind }) => kind === "uncached")).toHaveLength(1);
    for (const row of shown.filter(({ kind }) => kind === "fewer-steps")) expect(row.sameTimeAs).toContain("fora");
    expect(verdict({ ...view, shows: () => false })).toBe("None of the chosen methods is in this table.");
  });

  it("stand beside those of another table with a ratio, and say what differs", () => {
    const slower = {
      ...named(recorded, {
        runs: recorded.rows.find(({ method }) => method === "fora")?.runs.map((run) => ({ ...run, ms: 2 * run.ms })),
      }),
      settings: { ...recorded.settings, steps: 50 },
    };
    expect(rowOfFora(shownRows({ ...view, other: slower }))?.there).toMatchObject({
      texts: [expect.any(String), expect.any(String), "2.00 ×"],
      otherSettings: false,
    });
    expect(rowOfFora(shownRows(view))?.there).toBeUndefined();
    expect(differences(recorded, slower)).toEqual([`steps 50 instead of ${recorded.settings.steps}`]);
    const without = { ...recorded, rows: recorded.rows.filter(({ method }) => method !== "fora") };
    expect(rowOfFora(shownRows({ ...view, other: without }))?.there).toBeNull();
  });
});

describe("links", () => {
  it("carry a table and settings, and nothing else", async () => {
    const plain = JSON.parse(read("site/public/recorded/trade-offs.json"));
    expect(await readTableLink(await shareFragment("table", { report: plain }))).toEqual({ report: recorded });
    const settings = { preset: "strong", methods: ["fora", 3], steps: "many", repeats: 2, other: 1 };
    expect(await readTableLink(await shareFragment("table", { settings }))).toEqual({
      settings: { preset: "strong", methods: ["fora"], repeats: 2 },
    });
    expect(await readTableLink("#how-to-read-it")).toBeUndefined();
    expect(await readTableLink(await shareFragment("code", "x"))).toBeUndefined();
  });

  it("of a table that is none are refused by the field", async () => {
    const fragment = await shareFragment("table", { report: { ...recorded, rows: 3 } });
    await expect(readTableLink(fragment)).rejects.toMatchObject({ code: "file-invalid" });
  });
});

describe("methods of the table", () => {
  it("make rows of their settings, and say which have none", () => {
    const { methods: rows, leftOut } = benchMethods(
      ["fora", "pab", "magcache"],
      { fora: { interval: 3 }, magcache: {} },
      undefined,
    );
    expect(rows.map(({ name, options }) => [name, options])).toEqual([["fora", { interval: 3 }]]);
    expect(leftOut.pab).toMatch(/nothing for it/);
    expect(leftOut.magcache).toMatch(/magRatios/);
  });
});

describe("a method that a reader wrote", () => {
  const own = {
    name: "mine",
    exported: "mine",
    notebook: notebookFile([{ name: "cell-1", code: "export let mine;" }]),
  };

  it("comes with a link as data, checked, without what else the link holds", async () => {
    const fragment = await shareFragment("table", { settings: { steps: 4, own: [{ ...own, run: true }] } });
    expect(await readTableLink(fragment)).toEqual({ settings: { steps: 4, own: [own] } });
  });

  it.each([
    [{ ...own, name: "" }, /its name is no text of 1 to 60 signs/],
    [{ ...own, name: "x".repeat(61) }, /its name/],
    [{ ...own, exported: 'x"]; evil(); ["' }, /what mine is exported as is no identifier/],
    [{ ...own, notebook: { ...own.notebook, cells: [] } }, /it has no cells/],
    [null, /its name/],
  ])("is refused in words where it is none: %#", async (value, message) => {
    expect(() => ownMethodOf(value)).toThrow(message);
    const fragment = await shareFragment("table", { settings: { own: [value] } });
    await expect(readTableLink(fragment)).rejects.toThrow(message);
  });

  it("is told from a method of the engine, and marked in its row", () => {
    const row = rowOf({ ...own, name: "fora" });
    const pages = { ...view.pages, [row]: { title: "fora", href: "/play/#code=1.x", note: "your own method" } };
    const rows = shownRows({ ...view, pages, report: named(recorded, { method: row }) });
    expect(rows.find(({ title }) => title === "fora")).toMatchObject({
      ...{ href: "/play/#code=1.x", note: "your own method", details: undefined },
    });
  });

  it("is in no command", () => {
    const asked = { model: "m", preset: "pages", methods: ["mine (own)"], prompt: "", seed: 0, steps: 4, guidance: 1 };
    const model = { name: "m", address: "", defaults: { prompt: "", steps: 4, guidance: 1 }, settings: {} };
    expect(benchCommand({ ...asked, repeats: 1 }, model, ["fora"])).toMatch(/^# None/);
  });
});

it("the command names what differs from the usual run", () => {
  const model = {
    ...{ name: "latte-motion-nano", address: "/models/latte-motion-nano" },
    defaults: { prompt: "a ring", steps: 20, guidance: 2.5 },
    settings: { balanced: { fora: { interval: 3 } }, pages: { fora: { interval: 2 } } },
  };
  const usual = {
    ...{ model: model.name, preset: "balanced", methods: ["fora", "pab"], prompt: "a ring" },
    ...{ seed: 0, steps: 20, guidance: 2.5, repeats: 3 },
  };
  expect(benchCommand(usual, model, ["fora", "pab"])).toBe(
    "npx diffusion-cache bench --model site/public/models/latte-motion-nano \\\n  --preset balanced \\\n  --repeats 3 --out bench.json",
  );
  const other = benchCommand({ ...usual, preset: "pages", methods: ["fora"], prompt: "a 'b'", seed: 4 }, model, [
    "fora",
    "pab",
  ]);
  expect(other).toContain(`--method fora --options '{"interval":2}'`);
  expect(other).toContain(String.raw`--prompt 'a '\''b'\'''`);
  expect(other).toContain("--seed 4");
});
