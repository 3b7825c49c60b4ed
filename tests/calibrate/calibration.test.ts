import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JumpErrors } from "../../src/engine/cache/jump-errors.js";
import { magCache } from "../../src/engine/cache/methods/mag-cache.js";
import { smoothCache } from "../../src/engine/cache/methods/smooth-cache.js";
import { teaCache } from "../../src/engine/cache/methods/tea-cache.js";
import { calibrationFromJson, type FreshCalibration } from "../../src/engine/calibrate/calibration.js";
import type { Engine, GenerateOptions } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { readFixture } from "../golden/fixture.js";

// One logged run of flux-a, against what diffusers' MagCache prints and numpy measures (tests/reference/calibration.py).

const fixture = readFixture("flux-a");
const json = (path: string) => JSON.parse(readFileSync(`${fixture.folder}/${path}`, "utf8"));
const wanted = json("calibration-reference.json") as {
  readonly magRatios: readonly number[];
  readonly coefficients: readonly number[];
  readonly errors: Readonly<Record<string, readonly (readonly number[])[]>>;
};
const request: GenerateOptions = {
  steps: fixture.steps,
  sigmas: "scheduler", // as the reference ran
  guidance: 1,
  inputs: { noise: fixture.tensor("noise"), cond: { text: fixture.tensor("text"), pooled: fixture.tensor("pooled") } },
};

const expectClose = (found: readonly number[], expected: readonly number[], relative = 1e-4): void => {
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of found.entries())
    expect(Math.abs(value / (expected[index] as number) - 1)).toBeLessThan(relative);
};

let engine: Engine;
let calibration: FreshCalibration;
beforeAll(async () => {
  engine = await createEngine({
    model: fixture.folder,
    backend: "wasm",
    scheduler: json("scheduler-flow/scheduler_config.json"),
  });
  calibration = await engine.calibrate(request);
});
afterAll(() => engine.dispose());

describe("calibration", () => {
  test("MagCache's ratios are those that diffusers prints", () => {
    expectClose(calibration.magcache.magRatios, wanted.magRatios);
  });

  test("MagCache's alone are the same, and are had of two steps, too few for TeaCache's polynomial", async () => {
    const alone = await engine.calibrate({ ...request, methods: ["magcache"] });
    expect(alone).not.toHaveProperty("teacache");
    expect(alone.magcache).toEqual(calibration.magcache);
    const { magcache } = await engine.calibrate({ ...request, steps: 2, methods: ["magcache"] });
    expect(magcache.magRatios).toHaveLength(2);
    for (const steps of [1, 2, 3]) {
      const { smoothcache } = await engine.calibrate({ ...request, steps, methods: ["smoothcache"] });
      const { trace } = await engine.generate({ ...request, steps, cache: [smoothCache(smoothcache)] });
      expect(trace.sites[0]?.computed).toMatch(/^1(.*1)?$/); // the first and the last step
    }
    await expect(engine.calibrate({ ...request, steps: 2 })).rejects.toMatchObject({ code: "input-invalid" });
  });

  test("TeaCache's polynomial is numpy's through the same points", () => {
    expectClose(calibration.teacache.coefficients, wanted.coefficients, 2e-3);
  });

  test("SmoothCache's errors are numpy's", () => {
    const { errors } = calibration.smoothcache;
    expect(Object.keys(errors).toSorted()).toEqual(Object.keys(wanted.errors).toSorted());
    for (const [kind, rows] of Object.entries(wanted.errors))
      for (const [j, row] of rows.entries()) expectClose(errors[kind as "feed-forward"]?.[j] ?? [], row);
  });

  test("DPCache's errors are those that SGLang measures on the features of diffusers", () => {
    const { line } = JSON.parse(readFileSync("tests/fixtures/dp-cache.json", "utf8")) as JumpErrors;
    const flat = (tables: JumpErrors["line"]): readonly number[] => tables.flat(2);
    expectClose(flat(calibration.dpcache.errors.line), flat(line), 1e-3);
  });

  test("L²P's products are those of the predictions that diffusers made", () => {
    const { dims, data } = fixture.tensor("flow.none.predictions");
    const size = data.length / (dims[0] as number);
    const products = Array.from({ length: fixture.steps }, (_, step) =>
      Array.from({ length: step + 1 }, (_, back) => {
        let sum = 0;
        for (let at = 0; at < size; at++)
          sum += (data[step * size + at] as number) * (data[(step - back) * size + at] as number);
        return sum / size;
      }),
    );
    const mean = products.reduce((sum, [own]) => sum + (own as number), 0) / fixture.steps;
    expectClose(
      (calibration.l2p.grams.output ?? []).flat(),
      products.flat().map((one) => one / mean),
      1e-3,
    );
  });

  test("comes back from JSON, and each entry is options of its method", async () => {
    const read = calibrationFromJson(JSON.parse(JSON.stringify(calibration)), "a file");
    for (const method of [magCache(read.magcache), teaCache({ ...read.teacache }), smoothCache(read.smoothcache)]) {
      const { trace } = await engine.generate({ ...request, cache: [method] });
      expect(trace.methods[0]?.name).toBe(method.name);
    }
  });

  test("numbers of another run are refused, unless the run is left out", async () => {
    const { magRatios } = calibration.magcache;
    const { calibratedFor } = calibration;
    const other = { ...calibratedFor, scheduler: "DDIMScheduler" };
    for (const wrong of [other, { ...calibratedFor, model: "another" }, { ...calibratedFor, steps: 8 }]) {
      const run = engine.generate({ ...request, cache: [magCache({ magRatios, calibratedFor: wrong })] });
      await expect(run).rejects.toMatchObject({ code: "calibration-mismatch" });
    }
    await engine.generate({ ...request, steps: 8, cache: [magCache({ magRatios })] });
  });

  test("too few steps are refused", async () => {
    await expect(engine.calibrate({ ...request, steps: 5 })).rejects.toMatchObject({ code: "input-invalid" });
  });

  test.each([
    [null],
    [{}],
    [{ format: "diffusion-cache/calibration", version: 2 }],
    [{ format: "diffusion-cache/calibration", version: 1 }],
    [{ format: "diffusion-cache/calibration", version: 1, calibratedFor: { model: "a" } }],
  ])("%j is no calibration", (value) => {
    expect(() => calibrationFromJson(value, "a file")).toThrow(expect.objectContaining({ code: "file-invalid" }));
  });
});
