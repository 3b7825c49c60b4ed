import { afterAll, beforeAll, expect, it } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { type BenchOptions, bench } from "../../src/engine/measure/bench.js";
import type { BenchReport } from "../../src/engine/measure/bench-report.js";
import { benchReportFromJson } from "../../src/engine/measure/bench-report.js";
import { fewerSteps } from "../../src/engine/measure/fewer-steps.js";
import { readInfinity, writeInfinity } from "../../src/engine/metrics/quality.js";
import { createEngine } from "../../src/engine/run/create-engine.js";

// The table of methods on the model that ships, with few steps.

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model: "site/public/models/latte-motion-nano", backend: "wasm" });
});
afterAll(() => engine?.dispose());

const row = (name: string, options: Record<string, unknown> = {}) => ({
  name,
  options,
  cache: [methodFromName(name, options)],
});
const request = (methods: BenchOptions["methods"]): BenchOptions => ({
  ...{ methods, steps: 6, repeats: 2, machine: "a test" },
});

it("times every method beside an uncached run of its seed, and has fewer steps of the same time", async () => {
  const shares: number[] = [];
  const report = await bench(engine, {
    ...request([row("mask", { every: 3 }), row("textkv"), row("magcache", { magRatios: [1, 1] })]),
    onProgress: ({ share }) => shares.push(share),
  });
  const of = (name: string) => report.rows.find(({ method }) => method === name);
  expect(report.complete).toBe(true);
  expect(of("mask")?.runs.map(({ seed }) => seed)).toEqual([0, 1]);
  expect(of("textkv")?.runs.every(({ psnr }) => psnr === Number.POSITIVE_INFINITY)).toBe(true); // lossless
  expect(of("mask")?.runs.every(({ psnr }) => psnr < 60)).toBe(true);
  expect(of("mask")?.runs.every(({ ideal, skipped }) => ideal > 1.2 && skipped > 0.3)).toBe(true);
  expect(of("mask")?.bytes.cache).toBeGreaterThan(0);
  const fewer = report.rows.filter(({ kind }) => kind === "fewer-steps");
  for (const { steps, runs } of fewer) {
    expect(steps).toBeLessThan(6);
    expect(runs.every(({ psnr }) => Number.isFinite(psnr))).toBe(true);
  }
  // Every counted run has an uncached one of its own.
  const counted = report.rows.filter(({ kind }) => kind !== "uncached").flatMap(({ runs }) => runs);
  expect(
    of("no cache")
      ?.runs.map(({ ms }) => ms)
      .toSorted(),
  ).toEqual(counted.map((one) => one.uncachedMs).toSorted());
  expect(shares.at(-1)).toBeCloseTo(1);
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  const file = JSON.stringify(report, writeInfinity);
  expect(benchReportFromJson(JSON.parse(file, readInfinity), "file")).toEqual(report);
});

it("leaves out a method that fails, says why, and goes on", async () => {
  const calibratedFor = { model: "another", scheduler: "DDIMScheduler", steps: 6 };
  const thrower = { ...methodFromName("mask", { every: 2 }), name: "thrower" };
  const throws = (): never => {
    throw new TypeError("on purpose");
  };
  const report = await bench(engine, {
    ...request([
      row("magcache", { magRatios: [1, 1], calibratedFor }),
      { name: "thrower", options: {}, cache: [{ ...thrower, start: () => throws }] },
      row("mask", { every: 2 }),
    ]),
    leftOut: { teacache: "it has no calibration" },
  });
  expect(report.rows.map(({ method }) => method)).not.toContain("magcache");
  expect(report.rows.map(({ method }) => method)).toContain("mask");
  expect(report.leftOut).toEqual({
    teacache: "it has no calibration",
    magcache: expect.stringContaining("was calibrated for model another"),
    thrower: "on purpose",
  });
});

it("keeps what was measured when it is stopped", async () => {
  const stop = new AbortController();
  let last: BenchReport | undefined;
  const running = bench(engine, {
    ...request([row("mask", { every: 2 }), row("fora")]),
    signal: stop.signal,
    onReport(report) {
      last = report;
      stop.abort();
    },
  });
  await expect(running).rejects.toMatchObject({ code: "stopped" });
  expect(last?.complete).toBe(false);
  expect(last?.rows.map(({ method, runs }) => [method, runs.length])).toEqual([
    ["no cache", 1],
    ["mask", 1],
  ]);
});

it("draws the curve of fewer steps, most steps first", async () => {
  const told: number[] = [];
  const curve = await fewerSteps(engine, { steps: 6, points: 2, onPoint: (_, tried) => told.push(tried) });
  expect(curve.map(({ steps }) => steps)).toEqual([5, 4]);
  expect(told).toEqual([1, 2]);
  for (const { psnr, ssim, speedup } of curve) expect([psnr, ssim, speedup].every(Number.isFinite)).toBe(true);
});

it("refuses what is no table", async () => {
  await expect(bench(engine, request([]))).rejects.toMatchObject({ code: "input-invalid" });
  await expect(bench(engine, { ...request([row("fora")]), repeats: 0 })).rejects.toThrow(/repeats is 0/);
});
