import { readFileSync } from "node:fs";
import { readInfinity, writeInfinity } from "diffusion-cache";
import { expect, test } from "vitest";
import { decisionCounts } from "../../../site/charts/decisions.js";
import { comparisons } from "../../../site/charts/reasons.js";
import { readTrace } from "../../../site/trace/read-trace.js";

const { cached } = JSON.parse(readFileSync("site/public/recorded/tea-cache/run.json", "utf8"));

/** A trace of so many steps, with `each` decisions in each. */
const longTrace = (steps: number, each: number) => {
  const ofSteps = () => Array.from({ length: steps }, () => 1);
  const visits = Array.from({ length: steps * each }, (_, at) => ({
    ...{ step: Math.floor(at / each), branch: "cond", site: "output", method: "teacache" },
    ...{ decision: at % 2 ? "reuse" : "compute", reasons: { accumulated: at / 1e6, threshold: 0.1 } },
  }));
  const { stepProbeMs: _, ...rest } = cached;
  return { ...rest, steps, timesteps: ofSteps(), stepMs: ofSteps(), stepCacheBytes: ofSteps(), sites: [], visits };
};

test("a trace of 1,000 steps and 50,000 decisions is drawn with as many dots and rows as one can see", () => {
  const trace = readTrace(JSON.stringify(longTrace(1000, 50)));
  expect(decisionCounts(trace).rows[999]).toEqual([1000, 25, 25]);
  const { rows = [], description = "" } = comparisons(trace) ?? {};
  expect(rows).toHaveLength(3847);
  expect(description).toContain("Of 50000 comparisons every 13th is shown.");
});

test("the chart of what was compared says its quarters, where differences were noted", () => {
  const { cached: compared } = JSON.parse(readFileSync("site/public/recorded/db-cache/run.json", "utf8"), readInfinity);
  // numpy.percentile of the recorded differences: tests/trace/difference-summary.test.ts
  expect(comparisons(compared)?.description).toContain(
    "Of 32 differences that dbcache compared, a quarter lie below 0.0814, half below 0.139, three quarters below 0.204.",
  );
  expect(comparisons(cached)?.description).not.toContain("quarter");
});

test("the number that stands for Infinity is read as such, in whatever spelling, and others as they are", () => {
  const of = (psnr: number) => ({ ...longTrace(1, 1), quality: { psnr, ssim: 1, maxError: 0 } });
  const text = JSON.stringify(of(Number.POSITIVE_INFINITY), writeInfinity);
  expect(readTrace(text).quality?.psnr).toBe(Number.POSITIVE_INFINITY);
  expect(readTrace(text.replace("1.7976931348623157e+308", "17976931348623157E292")).quality?.psnr).toBe(
    Number.POSITIVE_INFINITY,
  );
  expect(readTrace(JSON.stringify(of(41.5))).quality?.psnr).toBe(41.5);
});
