import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { type MagCacheOptions, magCache } from "../../src/engine/cache/methods/mag-cache.js";
import { teaCache } from "../../src/engine/cache/methods/tea-cache.js";
import { expectCalibrated, partialCalibration } from "../../src/engine/calibrate/calibration.js";

// What scripts/calibrate-diffusers.py wrote of a small random Wan pipeline is a calibration of this engine.
const file = "tests/fixtures/calibration-diffusers.json";
const found = partialCalibration(JSON.parse(readFileSync(file, "utf8")), file);

test("it names its run, and what diffusers prints is the ratios", () => {
  expect(found.calibratedFor).toEqual({
    model: "wan-small-random",
    scheduler: "FlowMatchEulerDiscreteScheduler",
    steps: 10,
  });
  expect(found.prompts).toHaveLength(2);
  expect(found.smoothcache).toBeUndefined();
  expect(found.magcache?.magRatios).toHaveLength(10);
});

test("its ratios and coefficients go into the methods as they are", () => {
  if (!found.magcache || !found.teacache) throw new Error("an entry is missing");
  const timesteps = Array.from({ length: 10 }, (_, step) => 1000 - 100 * step);
  const [planned] = dryRun({ methods: [magCache({ ...found.magcache, threshold: 0.03 })], timesteps });
  expect(planned?.computed).toMatch(/^11[01]{8}$/);
  expect(planned?.computed).toContain("0");
  expect(teaCache(found.teacache).options).toMatchObject({ coefficients: found.teacache.coefficients });
});

test("a run of another number of steps is refused", () => {
  if (!found.magcache) throw new Error("it has no magcache");
  const run = { ...found.calibratedFor, steps: 20 };
  expect(() => expectCalibrated(magCache(found.magcache as MagCacheOptions), run)).toThrow(
    expect.objectContaining({ code: "calibration-mismatch" }),
  );
});
