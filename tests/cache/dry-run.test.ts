import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dryRun, latteSites } from "../../src/engine/cache/dry-run.js";
import { methodFromName, methods } from "../../src/engine/cache/methods/index.js";
import { createEngine } from "../../src/engine/create-engine.js";
import { readFixture } from "../golden/fixture.js";

// The schedule that is printed is the schedule that is executed.

const fixture = readFixture("latte-a");

test.each([
  ["pab", { spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: 3, crossAttentionBlockSkipRange: 4 }],
  ["fora", { interval: 4 }],
  ["taylorseer", { cacheInterval: 3, maxOrder: 2 }],
  ["fastercache", { temporalAttentionBlockSkipRange: 2 }],
  ["cfgcache", {}],
  ["magcache", { magRatios: [1, 1.1, 1.05, 1.02], threshold: 0.2 }],
] as const)("%s: plan and run agree on every site", async (name, options) => {
  const scheduler = JSON.parse(readFileSync(`${fixture.folder}/scheduler-flow/scheduler_config.json`, "utf8"));
  const engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler });
  const { trace } = await engine.generate({
    steps: 16,
    guidance: 3,
    cache: [methodFromName(name, options)],
    inputs: {
      noise: fixture.tensor("noise"),
      cond: { text: fixture.tensor("cond") },
      uncond: { text: fixture.tensor("uncond") },
    },
  });
  await engine.dispose();
  const planned = dryRun({
    methods: [methodFromName(name, options)],
    timesteps: trace.timesteps,
    sites: latteSites(2),
  });
  expect(planned).toEqual(trace.sites);
  expect(planned.some(({ computed }) => computed.includes("0"))).toBe(true);
});

test("every method is known by name, and an unknown one is refused with the names", () => {
  expect(() => methodFromName("toString")).toThrow(expect.objectContaining({ code: "method-unknown" }));
  expect(() => methodFromName("none")).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("taylorseer") }),
  );
  expect(Object.keys(methods)).toEqual(Object.keys(methods).toSorted());
});
