import { describe, expect, it } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { atEqualEvaluations, evenMask } from "../../src/engine/measure/at-equal-evaluations.js";
import { qualityFigures, qualityReportFromJson, rivalSteps } from "../../src/engine/measure/quality-report.js";
import { qualityMarkdown } from "../../src/engine/measure/quality-table.js";
import { settingsNear } from "../../src/engine/measure/settings-near.js";
import type { CacheMethod } from "../../src/engine/method.js";
import { readInfinity, writeInfinity } from "../../src/engine/metrics/quality.js";
import { engineError, engineRejection } from "../error.js";
import { statedEngine } from "../run/stated-engine.js";

const clips = [
  { prompt: "a ring", seed: 0 },
  { prompt: "a star", seed: 1 },
];
/** Computes the first `count` steps, so that a run has so many evaluations. */
const first = (count: number): CacheMethod =>
  methodFromName("mask", { mask: "1".repeat(count) + "0".repeat(20 - count), site: "guided" });

/** An engine on which that method is 20 dB off, the prediction reused evenly 40, fewer steps 8. */
const stated = () =>
  statedEngine(({ cache = [], steps }) => {
    const [method] = cache;
    if (method?.options.mask === evenMask(8, 20)) return { ms: 1, pixel: 0.02 };
    if (method) return { ms: 1, pixel: 0.2, peak: { cache: 7 } };
    return { ms: 1, pixel: steps < 20 ? 0.8 : 0 };
  });

describe("methods at equal evaluations", () => {
  it("makes each clip uncached, with the method, and with both rivals of its evaluations", async () => {
    const { engine, asked } = stated();
    const methods = [{ name: "first", options: { interval: 3 }, cache: [first(8)] }];
    const report = await atEqualEvaluations(engine, { methods, clips });
    expect(asked.map(({ seed, steps, cache }) => [seed, steps, cache?.[0]?.name])).toEqual([
      [0, 20, undefined],
      [1, 20, undefined],
      [0, 20, "mask"],
      [1, 20, "mask"],
      [0, 20, "mask"],
      [1, 20, "mask"],
      [0, 8, undefined], // whether so many steps leave noise
      [0, 8, undefined],
      [1, 8, undefined],
    ]);
    expect(asked[4]?.cache?.[0]?.options).toMatchObject({ mask: evenMask(8, 20), site: "guided" });
    const [figures] = qualityFigures(report);
    expect(figures).toMatchObject({
      evaluations: 8,
      psnr: { median: expect.closeTo(20, 4), least: expect.closeTo(20, 4), most: expect.closeTo(20, 4) },
      fewer: { median: expect.closeTo(7.9588, 3) },
      reused: { median: expect.closeTo(40, 4) },
      aboveFewer: expect.closeTo(12.0412, 3),
      aboveReused: expect.closeTo(-20, 3),
    });
    const at20 = expect.closeTo(0.2, 5);
    expect(figures?.further).toMatchObject({ latentDrift: { median: at20, least: at20, most: at20 } });
    expect(figures?.row.flip).toEqual([expect.closeTo(0.285, 3), expect.closeTo(0.285, 3)]);
    expect(figures?.further).not.toHaveProperty("temporalError"); // of a single frame there is none
    expect(qualityMarkdown(report)).toContain("| MS-SSIM | FLIP | Latent drift |");
    expect(figures?.row).toMatchObject({ cacheBytes: 7, wrong: [1, 1], options: { interval: 3 } });
    expect(qualityMarkdown(report)).toContain(
      "| 8.0 | 20.0 (20.0–20.0) | 8.0 (8.0–8.0) | 40.0 (40.0–40.0) | +12.0 | −20.0 |",
    );
  });

  it("passes over counts after which DDIM leaves noise, upwards, so that the rival costs no less", async () => {
    const { engine, asked } = stated();
    const methods = [{ name: "first", options: {}, cache: [first(13)] }];
    const report = await atEqualEvaluations(engine, { methods, clips });
    expect(asked.filter(({ steps, cache }) => steps !== 20 && cache === undefined).map(({ steps }) => steps)).toEqual([
      13, 14,
    ]);
    expect(report.rows.at(-1)?.options).toEqual({ for: 13, steps: 14 });
  });

  it("leaves out a method that cannot act, with its reason, and asks for a clip", async () => {
    const { engine } = stated();
    const cache = [methodFromName("mask", { mask: "1010" })];
    const failing = { ...engine, generate: engine.generate.bind(engine) };
    failing.generate = async (request) => {
      if (request?.cache?.[0] === cache[0]) cache[0]?.start({ steps: request?.steps ?? 20 } as never);
      return engine.generate(request);
    };
    const report = await atEqualEvaluations(failing, { methods: [{ name: "mask", options: {}, cache }], clips });
    expect(report.rows).toEqual([]);
    expect(report.leftOut.mask).toMatch(/a digit for each of the 20 steps/);
    await engineRejection("input-invalid", atEqualEvaluations(engine, { methods: [], clips: [] }));
  });
});

it("a rival has at least the evaluations of the method, and no more steps than the run", () => {
  expect(rivalSteps([8, 8, 8], 20)).toBe(8);
  expect(rivalSteps([8.04, 8.04], 20)).toBe(8);
  expect(rivalSteps([8.2], 20)).toBe(9);
  expect(rivalSteps([19.97], 20)).toBe(20);
  expect(rivalSteps([0.4], 20)).toBe(1);
});

it("an even mask has its count, and computes the first and the last step", () => {
  expect(evenMask(1, 4)).toBe("1000");
  expect(evenMask(5, 9)).toBe("101010101");
  for (let steps = 2; steps <= 50; steps++)
    for (let count = 2; count <= steps; count++) {
      const mask = evenMask(count, steps);
      expect([mask.length, mask.replaceAll("0", "").length, mask[0], mask.at(-1)]).toEqual([steps, count, "1", "1"]);
    }
});

it.each([
  [1.5, 2],
  [100, 10],
])("the setting nearest to a wanted speed-up of %s is taken", async (speedup, interval) => {
  const { engine } = statedEngine(() => ({ ms: 1 }));
  let runs = 0;
  const counted: Engine = {
    ...engine,
    generate: (options) => {
      runs += 1;
      return engine.generate(options);
    },
  };
  const { found } = await settingsNear(counted, { speedup, methods: ["fora"] });
  expect(runs).toBe(1); // its decisions are known: the plans of all settings are enough
  expect(found.map(({ name, options }) => [name, options])).toEqual([["fora", { interval }]]);
  expect(found[0]?.ideal).toBeGreaterThan(1.3);
});

describe("a report's file", () => {
  it("comes back as it was, equal clips included, and refuses what is not one", async () => {
    const { engine } = stated();
    const methods = [{ name: "first", options: {}, cache: [first(8)] }];
    const report = await atEqualEvaluations(engine, { methods, clips });
    const [row, ...rest] = report.rows;
    const equal = { ...report, rows: [{ ...row, psnr: [Number.POSITIVE_INFINITY, 3] }, ...rest] };
    const again = (value: unknown) =>
      qualityReportFromJson(JSON.parse(JSON.stringify(value, writeInfinity), readInfinity), "f.json");
    expect(again(equal)).toEqual(equal);
    const short = engineError("file-invalid", () => again({ ...report, rows: [{ ...row, psnr: [1] }] }));
    expect(short.message).toMatch(/rows\[0\]\.psnr is \[1\]; expected 2 numbers/);
    engineError("file-invalid", () => again({ ...report, format: "diffusion-cache/bench" }));
  });
});
