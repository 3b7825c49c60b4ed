import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as door from "../src/engine/index.js";
import { jumpErrors } from "./jump-errors.js";
import { smoothProducts } from "./smooth-products.js";

// What any program may do to the door of the package: every exported function, called with values that types forbid.
// It answers with an EngineError or with a result; it never answers with an error of JavaScript's own, or not at all.

const { EngineError } = door;

const deep = (depth: number): unknown => {
  let value: unknown = {};
  for (let at = 0; at < depth; at++) value = { value };
  return value;
};

const hostile: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e308, 7n, Symbol("s")],
  ...["", "x", "__proto__", "\u001b[2J", "y".repeat(1e4)],
  ...[[], [null], [[]], [Number.NaN], Array.from({ length: 1e4 }, () => 0)],
  ...[{}, { length: 1e9 }, { dims: [1e9, 1e9], data: [] }, { dims: [2], data: new Float32Array(3) }, deep(20_000)],
  ...[() => null, new Map(), new Date(Number.NaN), new Uint8Array(9)],
];

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"), door.readInfinity);
const { cached } = json("site/public/recorded/fora/run.json");
const trace = { ...cached, sites: cached.sites.slice(0, 2), visits: cached.visits.slice(0, 2) };
const whole = json("site/public/recorded/trade-offs.json");
const row = { ...whole.rows[1], runs: whole.rows[1].runs.slice(0, 1) };
const report = { ...whole, rows: [row], leftOut: {} };
const clip = { dims: [1, 3, 1, 16, 16], data: new Float32Array(768), fps: 8 };
const run = { clip, latents: { dims: [2], data: new Float32Array(2) }, stepLatents: [new Float32Array(2)] };
const method = door.fora({ interval: 2 });
/** An engine that somebody has stopped. */
const stopped = async (): Promise<never> => {
  throw new EngineError("stopped", "The run was stopped.");
};
const engine = {
  model: { name: "m", defaults: { prompt: "", steps: 4, guidance: 1 } },
  device: { backend: "wasm", description: "d", ladder: [] },
  ...{ generate: stopped, profile: stopped, calibrate: stopped, changes: stopped, read: stopped, dispose: stopped },
};
const domain = {
  colours: { red: [255, 0, 0] },
  backgrounds: {
    black: [
      [0, 0, 0],
      [0, 0, 0],
    ],
  },
  sizes: { large: 0.3, small: 0.2 },
};
const { scenes } = json("tests/fixtures/scenes.json").vocabulary;
const profile = { passMs: 1, outsideMs: 1, siteMs: {}, blockMs: [] };
const config = json("site/public/models/latte-motion-nano/transformer/config.json");
const makers: readonly unknown[] = Object.values(door.methods);

const card = door.modelCard("FLUX.1-dev");
const planned = door.planRun({ card, steps: 4, methods: [door.taylorSeer()] });
const plan = { ...planned, sites: planned.sites.slice(0, 2) };
const quality = {
  ...{ format: "diffusion-cache/quality", version: 1, engine: "0", model: "m", steps: 4, guidance: 1, leftOut: {} },
  clips: [{ prompt: "", seed: 0 }],
  rows: [
    { kind: "cached", method: "fora", options: {}, evaluations: [2], psnr: [30], ssim: [1], wrong: [0], cacheBytes: 1 },
  ],
};

/** Lawful arguments of every exported function, each of which is then replaced. */
const lawful: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(Object.entries(door).flatMap(([name, made]) => (makers.includes(made) ? [[name, [{}]]] : []))),
  EngineError: ["stopped", "It was stopped.", {}],
  atEqualEvaluations: [engine, { methods: [], clips: [{ prompt: "", seed: 0 }] }],
  autotune: [engine, { floor: { psnr: 30 } }],
  bench: [engine, { methods: [{ name: "a", options: {}, cache: [method] }], machine: "m" }],
  benchCaption: [report],
  benchCsv: [report],
  benchFigures: [report],
  benchMarkdown: [report],
  benchReportFromJson: [report, "report.json"],
  calibrationFromJson: [{}, "calibration.json"],
  candidates: [
    { card, steps: 4 },
    { many: false, share: 0.5 },
  ],
  cardClasses: [],
  cardFromConfig: [config, { name: "m" }],
  cardFromJson: [door.cardToJson(card)],
  cardToJson: [card],
  compare: [{ engine, settings: {} }, [method]],
  compareClips: [clip, clip],
  compareRuns: [run, run],
  createEngine: [{ model: "no/such/folder" }],
  createWorkerEngine: [{ model: "no/such/folder" }],
  deleteKeptFiles: [],
  differenceSummary: [trace],
  diffusersCacheBytes: [plan, [method]],
  dpCachePlan: [{ errors: jumpErrors(8) }, 8],
  dryRun: [{ methods: [method], timesteps: [951, 501, 1] }],
  errorMap: [clip, clip, "flip"],
  expectWebAssembly: [],
  expectedSpeedUp: [plan],
  expectedTime: [plan, { seconds: 1 }],
  fastestAbove: [door.benchFigures(report), 30],
  fewerSteps: [engine, {}],
  filled: [{ method, order: 1, grams: { "feed-forward": [[1], [1, 1]] } }],
  forecastErrors: [{ method, gram: [[1], [1, 1]], order: 1, fittedTo: [[1], [1, 1]] }],
  fulfilling: [[{ method: "fora", options: {}, ideal: 2, expected: [1, 2], cacheBytes: 1 }], { speedup: 2 }],
  guarded: [method, {}],
  idealSpeedup: [trace, profile],
  inputsFromTensors: [new Map([["noise", { dims: [1], data: new Float32Array(1) }]]), "file"],
  isDisturbed: [2, 1.5],
  keptFiles: [],
  latentDrift: [run.stepLatents, run.stepLatents],
  latteSites: [1],
  meanCachePath: [{ products: smoothProducts(4) }, [999, 750, 500, 250]],
  memoryOf: [plan, 80],
  methodFromName: ["fora", {}],
  methodToPlan: ["magcache", {}, 4],
  modelCard: ["FLUX.1-dev"],
  needsShare: ["magcache", {}],
  oneSite: [{ method, timesteps: [951, 501, 1] }],
  planRun: [{ card, steps: 4, methods: [method] }],
  planToJson: [plan, {}],
  presetsFromJson: [{}, "presets.json"],
  promptGrammar: [json("site/public/models/latte-motion-nano/text/vocabulary.json")],
  qualityCaption: [quality],
  qualityFigures: [quality],
  qualityMarkdown: [quality],
  qualityReportFromJson: [quality, "quality.json"],
  randn: [0, 4],
  readClip: [clip, domain],
  recordedShare: ["FLUX.1-dev", method, 28],
  readScenes: [{ dims: [1, 3, 1, 72, 72], data: new Float32Array(15_552), fps: 8 }, scenes],
  readInfinity: ["key", 1],
  readSafetensors: [door.writeSafetensors([["a", { dims: [1], data: new Float32Array(1) }]]), "file"],
  recordedReadings: [trace],
  scheduleOf: [
    {
      defaultSteps: 4,
      network: { _class_name: "FluxTransformer2DModel" },
      scheduler: { _class_name: "DDIMScheduler" },
    },
  ],
  schedulerFromConfig: [{ _class_name: "DDIMScheduler" }, 4],
  serveEngine: [{ postMessage: () => {}, onmessage: null }, stopped],
  settingsNear: [engine, { speedup: 2 }],
  sitesOf: [config],
  sitesOfTrace: [trace],
  sharesToPlan: ["teacache", {}, { card, steps: 8 }],
  spreadInWords: [{ median: 1, least: 1, most: 1 }],
  stepsCsv: [trace, trace],
  takesNumbers: ["magcache"],
  traceFromJson: [trace],
  usualOptions: [card, "fora"],
  visitsCsv: [trace],
  withForecast: [method, { by: "foca" }],
  writeInfinity: ["key", 1],
  writeSafetensors: [[["a", { dims: [1], data: new Float32Array(1) }]], {}],
};

/** A copy with one field replaced, for each field down to a depth. */
const changed = (value: unknown, by: unknown, depth: number): readonly unknown[] => {
  if (depth === 0 || typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value === engine)
    return [by]; // what an engine of somebody else answers is for it to answer for
  return [
    by,
    ...Object.entries(value)
      .slice(0, 12)
      .flatMap(([key, inner]) =>
        changed(inner, by, depth - 1).map((one) =>
          Array.isArray(value) ? Object.assign([...value], { [key]: one }) : { ...value, [key]: one },
        ),
      ),
  ];
};

/** What a call threw that is no EngineError. */
const strange = async (make: () => unknown): Promise<unknown> => {
  try {
    await make();
    return undefined;
  } catch (error) {
    return error instanceof EngineError ? undefined : error;
  }
};

const functions = Object.entries(door).filter(
  (entry): entry is [string, (...given: readonly unknown[]) => unknown] => typeof entry[1] === "function",
);

describe("called with what types forbid", () => {
  test.each(functions)("%s refuses it in words or takes it", async (name, call) => {
    const given = lawful[name];
    expect(given, `${name} needs lawful arguments in this test`).toBeDefined();
    const make = (all: readonly unknown[]) => (name === "EngineError" ? Reflect.construct(call, all) : call(...all));
    for (const value of hostile) {
      expect(await strange(() => make([value])), `${name}(${typeof value})`).toBeUndefined();
      for (const [at, one] of (given ?? []).entries())
        for (const other of changed(one, value, 2))
          expect(await strange(() => make((given ?? []).with(at, other))), `${name}, argument ${at}`).toBeUndefined();
    }
  });
});
