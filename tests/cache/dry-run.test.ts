import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dryRun, latteSites } from "../../src/engine/cache/dry-run.js";
import { methodFromName, methods } from "../../src/engine/cache/methods/index.js";
import { recordedReadings } from "../../src/engine/cache/recorded-readings.js";
import { sitesOf, sitesOfTrace } from "../../src/engine/cache/sites-of.js";
import type { Engine } from "../../src/engine/engine.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { traceFromJson } from "../../src/engine/trace/trace-from-json.js";
import { readFixture } from "../golden/fixture.js";
import { recordedRequest, smallModels } from "../small-models.js";

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
  const scheduler = fixture.scheduler("flow");
  const engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler });
  const { trace } = await engine.generate({
    ...recordedRequest(smallModels[0], fixture.tensor, 16),
    cache: [methodFromName(name, options)],
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

describe("with the readings of a recorded run", () => {
  const request = recordedRequest(smallModels[0], fixture.tensor, 12);
  let engine: Engine;
  beforeAll(async () => {
    const scheduler = fixture.scheduler("flow");
    engine = await createEngine({ model: fixture.folder, backend: "wasm", scheduler });
  });
  afterAll(() => engine.dispose());

  test.each<[string, object, (string | [string, object])?]>([
    ["firstblockcache", { threshold: 0.4 }],
    ["dbcache", { residualDiffThreshold: 0.4, maxWarmupSteps: 2, calibrator: "taylorseer" }],
    ["dicache", { relL1Thresh: 0.6 }],
    ["teacache", { coefficients: [1, 0], relL1Thresh: 0.6 }],
    ["easycache", { threshold: 0.6, retSteps: 2 }],
    ["lazycache", { threshold: 0.6, retSteps: 2 }],
    ["firstblockcache", { threshold: 0.4, guards: { lastStep: true, maxConsecutive: 1 } }],
    ["firstblockcache", { threshold: 0.4 }, ["cfgcache", { unconditionalBatchTimestepSkipRange: [-1, 900] }]],
  ])("%s %j: the plan is the run", async (name, options, beside) => {
    const cache = [methodFromName(name, options), ...(beside ? [methodFromName(...(beside as [string, object]))] : [])];
    const { trace } = await engine.generate({ ...request, cache });
    const readings = recordedReadings(traceFromJson(JSON.parse(JSON.stringify(trace))));
    const { timesteps } = trace;
    const planned = dryRun({ methods: cache, timesteps, sites: sitesOfTrace(trace), readings });
    expect(planned).toEqual(trace.sites);
    expect(planned.some(({ computed }) => computed.includes("0"))).toBe(true);
  });

  test("another threshold is tried on the same readings, and another method has none", async () => {
    const make = (threshold: number) => methodFromName("firstblockcache", { threshold });
    const { trace } = await engine.generate({ ...request, cache: [make(0)] });
    const readings = recordedReadings(trace);
    const plan = (method: ReturnType<typeof make>) =>
      dryRun({ methods: [method], timesteps: trace.timesteps, sites: sitesOfTrace(trace), readings });
    expect(plan(make(0)).at(-1)?.computed).toBe("1".repeat(12));
    expect(plan(make(1e9)).at(-1)?.computed).toBe("1".padEnd(12, "0"));
    expect(() => plan(methodFromName("dicache"))).toThrow(
      expect.objectContaining({ code: "needs-readings", message: expect.stringContaining("dicache") }),
    );
  });

  test("a network is found again in its trace", async () => {
    const { trace } = await engine.generate({ ...request, steps: 1 });
    const config = JSON.parse(readFileSync(`${fixture.folder}/transformer/config.json`, "utf8"));
    expect(sitesOfTrace(trace).all()).toEqual(sitesOf(config).all());
    const flux = JSON.parse(readFileSync(`${readFixture("flux-a").folder}/transformer/config.json`, "utf8"));
    const sites = sitesOf(flux)
      .all()
      .map(({ id, kind }) => ({ site: id, kind, computed: "" }));
    const found = sitesOfTrace({ model: { ...trace.model, architecture: "FluxTransformer2DModel" }, sites });
    expect(found.all()).toEqual(sitesOf(flux).all());
    expect(found.depth).toBe(5);
  });
});
