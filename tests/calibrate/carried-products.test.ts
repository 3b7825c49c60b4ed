import { readFileSync } from "node:fs";
import { calibrationFromJson } from "diffusion-cache";
import { describe, expect, test } from "vitest";
import { errorOfWeights, fittedWeights, type Gram } from "../../src/engine/cache/fitted.js";
import { taylorWeights } from "../../src/engine/cache/forecast.js";
import { methodOf } from "../../src/engine/cli/arguments.js";

// L²P's products that both live models carry, so that a fitted forecast needs no calibration of the reader's own.

describe.each([
  ["latte-motion-nano", ["blocks.0-8", "output", "temporal-attention"]],
  ["flux-shapes-nano", ["blocks.0-6", "output", "spatial-attention"]],
])("%s", (model, places) => {
  const file = `site/public/models/${model}/calibration.json`;
  const calibration = calibrationFromJson(JSON.parse(readFileSync(file, "utf8")), file);
  const { grams = {}, calibratedFor } = calibration.l2p ?? {};

  test("the command line takes them for the forecast, and for this run alone", () => {
    const options = { every: 3, forecast: { by: "l2p" } };
    const method = methodOf("mask", options, calibration);
    expect(method.calibratedFor).toEqual(calibration.calibratedFor);
    expect(calibratedFor).toEqual(calibration.calibratedFor);
    const { l2p: _, ...without } = calibration;
    expect(() => methodOf("mask", options, without)).toThrow("grams is undefined");
  });

  test.each(places)("at %s their weights come closer than reuse and a line, in every step", (place) => {
    const gram = grams[place] as Gram;
    expect(gram).toHaveLength(20);
    for (let step = 4; step < 20; step++) {
      const last = step - 1 - (step % 3);
      const computed = [last, last - 3].filter((at) => at >= 0);
      const fitted = fittedWeights(gram, computed, step, 0) as number[];
      const error = errorOfWeights(gram, computed, fitted, step);
      expect(error).toBeLessThan(1);
      for (const other of [[1], taylorWeights(computed, step, 1)])
        expect(error).toBeLessThanOrEqual(errorOfWeights(gram, computed, other, step) + 1e-4);
    }
  });
});
