import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { calibrationFromJson, createEngine, dryRun, type Engine, latteSites, type Progress } from "diffusion-cache";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultsOf, type ExampleModule, type Settings } from "../../site/program/example-module.js";
import type { RecordedRun } from "../../site/program/recorded-run.js";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const examples = Object.entries(import.meta.glob<ExampleModule>("../../examples/*.ts", { eager: true })).map(
  ([file, example]) => [basename(file, ".ts"), example] as const,
);

const model = path("../../site/public/models/latte-motion-nano");
const { num_layers: layers } = JSON.parse(readFileSync(`${model}/transformer/config.json`, "utf8")) as {
  readonly num_layers: number;
};
const calibration = calibrationFromJson(JSON.parse(readFileSync(`${model}/calibration.json`, "utf8")), model);
const prompt = "a large red circle moving right on a black background";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model, backend: "wasm" });
});
afterAll(() => engine?.dispose());

describe.each(examples)("examples/%s.ts", (name, example) => {
  const options = defaultsOf(example.knobs);
  const [method] = example.methods(options, calibration);
  const planned = method?.probes === undefined;
  // Few steps change too much from one to the next for a method that measures, and a calibration has its own number.
  const steps = planned && !method?.calibratedFor ? 6 : 20;
  const settings: Settings = { prompt, seed: 1, steps, guidance: 2, options };

  it("makes the clip twice, does what its grid says, and differs a little, or not at all where nothing is lost", async () => {
    const seen: Record<"uncached" | "cached", number[]> = { uncached: [], cached: [] };
    const onProgress = (run: "uncached" | "cached", progress: Progress): void => {
      if (progress.phase === "step") seen[run].push(progress.step);
    };
    const signal = new AbortController().signal;
    const { uncached, cached, quality } = await example.run({ engine, settings, signal, onProgress });

    const everyStep = Array.from({ length: steps }, (_, step) => step);
    expect(seen).toEqual({ uncached: everyStep, cached: everyStep });
    if (planned) {
      const { timesteps } = cached.trace;
      const plan = dryRun({ methods: example.methods(options, calibration), timesteps, sites: latteSites(layers) });
      const masks = (sites: readonly { site: string; computed: string }[]) =>
        Object.fromEntries(sites.map(({ site, computed }) => [site, computed]));
      expect(masks(cached.trace.sites)).toMatchObject(
        masks(plan.filter(({ site }) => cached.trace.visits.some((visit) => visit.site === site))),
      );
    }
    expect(cached.trace.visits.some(({ decision }) => decision !== "compute")).toBe(true);
    expect(uncached.trace.visits.every(({ decision }) => decision === "compute")).toBe(true);
    expect(uncached.clip.data.every(Number.isFinite)).toBe(true);
    if (name === "text-kv") expect(quality.maxError).toBe(0);
    else expect(quality.maxError).toBeGreaterThan(0);
    expect(quality.psnr).toBeGreaterThan(15);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const onProgress = (_run: string, progress: Progress): void => {
      if (progress.phase === "step") controller.abort();
    };
    await expect(example.run({ engine, settings, signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: "stopped",
    });
  });

  it("refuses a prompt outside the model's language", async () => {
    const request = { engine, signal: new AbortController().signal, onProgress: () => undefined };
    await expect(example.run({ ...request, settings: { ...settings, prompt: "a mauve dodo" } })).rejects.toMatchObject({
      code: "prompt-invalid",
    });
  });

  it("has a recorded run with these defaults, of this model", () => {
    const record = JSON.parse(readFileSync(path(`../../site/public/recorded/${name}/run.json`), "utf8")) as RecordedRun;
    expect(record.settings.options).toEqual(options);
    expect(record.settings.steps).toBe(engine.model.defaults.steps);
    expect(record.cached.model.name).toBe(engine.model.name);
    expect(example.methods(options, calibration)).toMatchObject(record.cached.methods); // options may have come since, at their default
  });

  it("has defaults within the range of every control", () => {
    const outside = example.knobs.filter(
      (knob) =>
        (knob.type === "range" || knob.type === "window") &&
        [knob.default].flat().some((value) => value < knob.min || value > knob.max),
    );
    expect(outside).toEqual([]);
  });
});
