import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { fineLadders, ladders } from "../../src/engine/cache/ladders.js";
import { type MethodName, methodFromName } from "../../src/engine/cache/methods/index.js";
import { leading } from "../contract.js";

const calibration = JSON.parse(readFileSync("site/public/models/latte-motion-nano/calibration.json", "utf8"));

/** Sub-layers that run, of those that would without a cache. */
const computed = (name: MethodName, options: object): number =>
  dryRun({ methods: [methodFromName(name, { ...calibration[name], ...options })], timesteps: leading(20) })
    .map((site) => site.computed.replaceAll("0", "").length)
    .reduce((sum, one) => sum + one, 0);

describe.each(Object.entries(fineLadders) as [MethodName, (typeof ladders)["fora"]][])("%s", (name, settings) => {
  test("has closer settings whose plans need no run, and they reach from mild to strong", () => {
    const counts = settings.map((options) => computed(name, options));
    const ladder = ladders[name].map((options) => computed(name, options));
    expect(settings.length).toBeGreaterThan(ladder.length);
    expect(Math.max(...counts)).toBeGreaterThan(Math.min(...counts));
    expect(new Set(counts).size).toBeGreaterThanOrEqual(new Set(ladder).size - 1);
  });
});
