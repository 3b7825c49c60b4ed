import { readFileSync } from "node:fs";
import { readInfinity } from "diffusion-cache";
import { expect, test } from "vitest";
import { differenceSummary } from "../../src/engine/trace/difference-summary.js";

const recorded = (name: string) =>
  JSON.parse(readFileSync(`site/public/recorded/${name}/run.json`, "utf8"), readInfinity).cached;

// Golden: Python's percentile with linear interpolation (P25, P50, P75, P95) over reasons.difference of the recorded run.
test.each([
  ["db-cache", "dbcache", 32, [0.046931, 0.081361, 0.13943, 0.203818, 0.253074, 0.299896]],
  ["first-block-cache", "firstblockcache", 38, [0.029257, 0.083828, 0.118588, 0.146469, 0.298606, 1.348552]],
])("%s: percentiles of the differences compared in the recorded run", (name, method, count, golden) => {
  const [{ method: said, count: many, ...row } = { method: "", count: 0 }, ...more] = differenceSummary(recorded(name));
  expect([said, many, more]).toEqual([method, count, []]);
  expect(Object.keys(row)).toEqual(["min", "p25", "p50", "p75", "p95", "max"]);
  expect(Object.values(row).map((value) => Number(value.toFixed(6)))).toEqual(golden);
});

test("a run in which nothing was compared has no rows", () => {
  expect(differenceSummary(recorded("fora"))).toEqual([]);
});
