import { readFileSync } from "node:fs";
import {
  benchFigures,
  benchMarkdown,
  benchReportFromJson,
  fastestAbove,
  isDisturbed,
  readInfinity,
} from "diffusion-cache";
import { describe, expect, it } from "vitest";
import { engineError } from "../error.js";

const report = benchReportFromJson(
  JSON.parse(readFileSync("site/public/recorded/trade-offs.json", "utf8"), readInfinity),
  "trade-offs.json",
);

describe("a speed-up above the ideal one", () => {
  it("is disturbed from 5 per cent on", () => {
    expect([isDisturbed(2.1, 2), isDisturbed(2.11, 2), isDisturbed(0.9, 1)]).toEqual([false, true, false]);
    expect(isDisturbed(100, Number.POSITIVE_INFINITY)).toBe(false); // an ideal that is not known
    engineError("input-invalid", () => isDisturbed(Number.NaN, 1));
  });

  it("is in no recorded row", () => {
    expect(benchFigures(report).filter(({ speedup, ideal }) => isDisturbed(speedup, ideal))).toEqual([]);
  });

  it("earns no badge, and no figure in a table that is taken along", () => {
    const [fastest] = [fastestAbove(benchFigures(report), 30)];
    const rows = report.rows.map((row) =>
      row.method === fastest?.row.method && row.kind === "cached"
        ? { ...row, runs: row.runs.map((run) => ({ ...run, uncachedMs: 10 * run.uncachedMs })) }
        : row,
    );
    const disturbed = { ...report, rows };
    const next = fastestAbove(benchFigures(disturbed), 30);
    expect(next?.row.method).not.toBe(fastest?.row.method);
    const line = benchMarkdown(disturbed)
      .split("\n")
      .find((one) => one.includes(`| ${fastest?.row.method} `));
    expect(line).toContain("disturbed");
  });
});
