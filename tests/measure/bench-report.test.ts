import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../../src/engine/errors.js";
import { csv } from "../../src/engine/files/tables.js";
import { type BenchReport, benchReportFromJson } from "../../src/engine/measure/bench-report.js";
import { benchCsv, benchFigures, benchMarkdown, fastestAbove } from "../../src/engine/measure/bench-table.js";
import { readInfinity, writeInfinity } from "../../src/engine/metrics/quality.js";

const bytes = { weights: 8_000_000, activations: 100_000, cache: 500_000, workspace: 0 };
const run = (ms: number, psnr: number, wrong: string[] | null = []) => ({
  ...{ seed: 0, ms, uncachedMs: 1000, ideal: 2, skipped: 0.5 },
  ...{ psnr, ssim: 0.99, maxError: 0.1, wrong },
});
const report: BenchReport = {
  format: "diffusion-cache/bench",
  version: 1,
  date: "2026-01-02T03:04:05.000Z",
  engine: { version: "0.1.0", onnxruntime: "1.30.0" },
  model: { name: "latte-motion-nano", architecture: "LatteTransformer3DModel", parameters: 2_000_000 },
  backend: { name: "wasm", description: "WebAssembly, 1 thread" },
  machine: "a test",
  settings: { prompt: "a ring", seed: 0, steps: 20, guidance: 2, repeats: 3 },
  complete: true,
  rows: [
    {
      ...{ kind: "uncached", method: "no cache", options: {}, steps: 20, sameTimeAs: [], bytes },
      runs: [run(1000, Number.POSITIVE_INFINITY)],
    },
    {
      ...{ kind: "cached", method: "fora", options: { interval: 3 }, steps: 20, sameTimeAs: [], bytes },
      runs: [run(400, 34), run(500, 30), run(800, 33)],
    },
    {
      ...{ kind: "cached", method: "pab", options: {}, steps: 20, sameTimeAs: [], bytes },
      runs: [run(200, 40), run(250, 41, ["shape"]), run(250, 39)],
    },
    {
      ...{ kind: "fewer-steps", method: "fewer steps, 10", options: {}, steps: 10, sameTimeAs: ["fora"], bytes },
      runs: [run(500, 28, null)],
    },
  ],
  leftOut: { taylorseer: "it is not in this test" },
};
const written = (value: unknown): string => JSON.stringify(value, writeInfinity);
const reread = (text: string): BenchReport => benchReportFromJson(JSON.parse(text, readInfinity), "file.json");

describe("a report", () => {
  it("comes back from its file as it was, infinity included", () => {
    expect(reread(written(report))).toEqual(report);
  });

  it("loses what this version does not know", () => {
    expect(reread(written({ ...report, script: "<script>" }))).toEqual(report);
  });

  it.each([
    [{ format: "diffusion-cache/trace" }, /its format is "diffusion-cache\/trace", not "diffusion-cache\/bench"/],
    [{ version: 2 }, /its version is 2; this program reads 1/],
    [{ rows: [] }, /rows is \[\]; expected at least 1/],
    [{ rows: [{ ...report.rows[0], runs: [{ ...run(1, 2), ms: 0 }] }] }, /rows\[0\]\.runs\[0\]\.ms is 0; expected/],
    [{ rows: [{ ...report.rows[0], kind: "magic" }] }, /rows\[0\]\.kind is "magic"; expected one of uncached, cached/],
    [{ settings: null }, /settings is null, not an object/],
    [{ leftOut: { pab: 3 } }, /leftOut holds something that is not a text/],
    [{ machine: "x".repeat(5000) }, /machine is "x+…; expected a text/],
  ])("with %j is refused by the field", (change, message) => {
    expect(() => reread(written({ ...report, ...change }))).toThrow(message);
  });

  it.each(["null", "[]", "3", '"report"'])("that is %s is refused", (text) => {
    expect(() => reread(text)).toThrow(/file\.json is not a bench report: it is/);
  });

  it("of a stranger gives a report or an EngineError, whatever was changed in it", () => {
    const text = written(report);
    const places: (readonly (string | number)[])[] = [];
    const walk = (value: unknown, path: readonly (string | number)[]): void => {
      places.push(path);
      if (typeof value === "object" && value !== null)
        for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    };
    walk(JSON.parse(text), []);
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(Number.MAX_VALUE, -1, 0, "", null, "__proto__", [[]], {}));
    let refused = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...places), value), { minLength: 1, maxLength: 3 }), (edits) => {
        let changed: unknown = JSON.parse(text);
        for (const [path, picked] of edits) {
          const next = structuredClone(picked); // one value put inside itself would be no JSON
          if (path.length === 0) changed = next;
          let at = changed as Record<string | number, unknown>;
          for (const key of path.slice(0, -1)) at = (at?.[key] ?? {}) as typeof at;
          if (path.length > 0 && typeof at === "object" && at !== null) at[path.at(-1) as string] = next;
        }
        try {
          const found = reread(JSON.stringify(changed));
          benchMarkdown(found);
          benchCsv(found);
          expect(reread(written(found))).toEqual(found);
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(EngineError);
          expect((error as EngineError).code).toBe("file-invalid");
        }
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it("nested too deep for a stack is refused too", () => {
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    const text = written(report).replace('{"interval":3}', deep);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      return expect(error).toBeInstanceOf(RangeError); // the parser of JSON gave up first
    }
    expect(() => benchReportFromJson(parsed, "file.json")).toThrow(EngineError);
  });
});

describe("its figures", () => {
  const figures = benchFigures(report);

  it("are medians with their spread, of pairs of runs in turn", () => {
    expect(figures[1]).toMatchObject({ ms: 500, fastestMs: 400, slowestMs: 800, speedup: 2, leastSpeedup: 1.25 });
    expect(figures[1]).toMatchObject({ psnr: 33, asAsked: 3, read: 3, peakBytes: 8_600_000, cacheBytes: 500_000 });
    expect(figures[3]).toMatchObject({ skipped: undefined, read: 0 });
  });

  it("say how far a method lies above fewer steps of the same time", () => {
    expect(figures.map(({ gain }) => gain)).toEqual([undefined, 5, undefined, undefined]);
  });

  it("name the fastest method above a floor that shows what was asked in every clip", () => {
    expect(fastestAbove(figures, 26)?.row.method).toBe("fora"); // pab is faster, but one clip has another shape
    expect(fastestAbove(figures, 36)).toBeUndefined();
  });

  it("make a Markdown table with what it was measured on, and what is not in it", () => {
    const lines = benchMarkdown(report).split("\n");
    expect(lines[3]).toBe(
      '| fora | {"interval":3} | 20 | 500 | 400–800 | 2.00 | 2.00 | 50 % | 8.20 | 0.48 | 33.0 | 0.9900 | 3 of 3 | 5.0 |',
    );
    expect(lines.at(-2)).toContain("latte-motion-nano, WebAssembly, 1 thread, a test");
    expect(lines.at(-1)).toBe("Left out: taylorseer: it is not in this test");
  });

  it("have the further measures of runs that have them, in medians, Markdown, CSV and the file", () => {
    const seen = [0.02, 0.04, 0.03].map((temporalError) => ({ temporalError, flickerIndex: 0.4, flip: 0.06 }));
    const rows = report.rows.map((row) => ({
      ...row,
      runs: row.runs.map((one, at) => (row.method === "fora" ? { ...one, msSsim: 0.99, ...seen[at] } : one)),
    }));
    const measured = reread(written({ ...report, rows }));
    expect(measured.rows[1]?.runs[1]).toMatchObject({ msSsim: 0.99, temporalError: 0.04, flip: 0.06 });
    expect(benchFigures(measured)[1]).toMatchObject({ msSsim: 0.99, temporalError: 0.03, flickerIndex: 0.4 });
    const lines = benchMarkdown(measured).split("\n");
    expect(lines[0]).toContain("| SSIM | MS-SSIM | Temporal error | Flicker index | FLIP | as asked |");
    expect(lines[3]).toContain("| 0.9900 | 0.9900 | 0.0300 | 0.40 | 0.0600 | 3 of 3 |");
    const [head = "", , fora = ""] = benchCsv(measured).split("\r\n");
    expect(head).toContain(",ssim,ms_ssim,temporal_error,flicker_index,flip,latent_drift,as_asked,");
    expect(fora).toContain(",0.99,0.99,0.03,0.4,0.06,,3,");
    const wrong = rows.map((row) => ({ ...row, runs: row.runs.map((one) => ({ ...one, flip: 1.5 })) }));
    expect(() => reread(written({ ...report, rows: wrong }))).toThrow(
      /runs\[0\]\.flip is 1\.5; expected a number from 0/,
    );
  });

  it("make a CSV of plain numbers", () => {
    const [head, , fora] = benchCsv(report).split("\r\n");
    expect(head).toMatch(/^kind,method,options,steps,runs,time_ms,/);
    expect(fora).toMatch(/^cached,fora,"\{""interval"":3\}",20,3,500,400,800,2,2,0\.5,8600000,500000,33,/);
  });
});

it("a text that a spreadsheet would run is made harmless, a number is not touched", () => {
  const table = csv([{ name: "=HYPERLINK(1)", other: "@a", third: "+1", change: -3.5, odd: "\t=1", two: "a\rb" }]);
  expect(table.split("\r\n")[1]).toBe(`'=HYPERLINK(1),'@a,'+1,-3.5,'\t=1,"a\rb"`);
});
