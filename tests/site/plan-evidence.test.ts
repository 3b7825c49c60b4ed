import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  cacheBytes,
  compared,
  type PublishedMemory,
  type PublishedSpeedUp,
} from "../../site/plan/evidence/compared.js";
import { recompute } from "../../site/plan/evidence/recompute.js";

// What was published, against what the planner says of the same run.

const read = (name: string) => JSON.parse(readFileSync(`site/plan/evidence/${name}.json`, "utf8"));
const ratios = read("mag-ratios");
const speedUps: readonly PublishedSpeedUp[] = read("speed-ups").rows;
const memory: PublishedMemory = read("memory");

test("every published speed-up is there with its source", () => {
  expect(speedUps).toHaveLength(115);
  expect(speedUps.filter(({ source }) => !/https?:|github\.com|arxiv/.test(source))).toEqual([]);
});

test("the ideal of each published run is the one that was counted apart, to half a per cent", () => {
  const off = speedUps.filter(({ plan, ideal }) => !(Math.abs(recompute(plan, ratios).ideal / ideal - 1) < 0.005));
  expect(off.map(({ model, method, settings }) => `${model} ${method} ${settings}`)).toEqual([]);
});

test.each(memory.bytes)("what methods keep on $model is what the formulas say", (row) => {
  const [name, size] = String(row.model).split(/ (?=[\d×]+$)/) as [string, string];
  const [height, width, frames = 1] = size.split("×").map(Number) as [number, number, number?];
  for (const [method, bytes] of Object.entries(cacheBytes(name, width, height, frames)))
    expect(Math.abs(bytes / (row[method] as number) - 1), method).toBeLessThan(1e-5);
});

test("the committed comparison is what the planner says today", () => {
  const today = compared({ ratios, speedUps, seconds: read("seconds").rows, memory });
  expect(read("comparison")).toEqual(JSON.parse(JSON.stringify(today)));
});
