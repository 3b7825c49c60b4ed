import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine, dryRun, type Engine, latteSites, type Progress } from "diffusion-cache";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as fora from "../examples/fora.js";
import * as pab from "../examples/pyramid-attention-broadcast.js";
import { defaultsOf, type ExampleModule, type Settings } from "../site/client/example-module.js";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const examples: Readonly<Record<string, ExampleModule>> = { fora, "pyramid-attention-broadcast": pab };

const model = path("../site/public/models/latte-motion-nano");
const { num_layers: layers } = JSON.parse(readFileSync(`${model}/transformer/config.json`, "utf8")) as {
  readonly num_layers: number;
};
const steps = 6;
const prompt = "a large red circle moving right on a black background";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model, backend: "wasm" });
});
afterAll(() => engine?.dispose());

it("runs every file of examples/", () => {
  const files = readdirSync(path("../examples")).filter((file) => file.endsWith(".ts"));
  expect(Object.keys(examples).sort()).toEqual(files.map((file) => basename(file, ".ts")).sort());
});

describe.each(Object.entries(examples))("examples/%s.ts", (_, example) => {
  const settings: Settings = { prompt, seed: 1, steps, guidance: 2, options: defaultsOf(example.knobs) };

  it("makes the clip twice, does what its grid says, and differs a little", async () => {
    const seen: Record<"uncached" | "cached", number[]> = { uncached: [], cached: [] };
    const onProgress = (run: "uncached" | "cached", progress: Progress): void => {
      if (progress.phase === "step") seen[run].push(progress.step);
    };
    const signal = new AbortController().signal;
    const { uncached, cached, quality } = await example.run({ engine, settings, signal, onProgress });

    const everyStep = Array.from({ length: steps }, (_, step) => step);
    expect(seen).toEqual({ uncached: everyStep, cached: everyStep });
    const planned = dryRun({
      methods: example.methods(settings.options),
      timesteps: cached.trace.timesteps,
      sites: latteSites(layers),
    });
    const masks = (sites: readonly { site: string; computed: string }[]) =>
      Object.fromEntries(sites.map(({ site, computed }) => [site, computed]));
    expect(masks(cached.trace.sites)).toMatchObject(
      masks(planned.filter(({ site }) => cached.trace.visits.some((visit) => visit.site === site))),
    );
    expect(cached.trace.visits.some(({ decision }) => decision === "reuse")).toBe(true);
    expect(uncached.trace.visits.every(({ decision }) => decision === "compute")).toBe(true);
    expect(uncached.clip.data.every(Number.isFinite)).toBe(true);
    expect(quality.maxError).toBeGreaterThan(0);
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

  it("has defaults within the range of every control", () => {
    for (const knob of example.knobs) {
      if (knob.type !== "range" && knob.type !== "window") continue;
      for (const value of [knob.default].flat()) {
        expect(value).toBeGreaterThanOrEqual(knob.min);
        expect(value).toBeLessThanOrEqual(knob.max);
      }
    }
  });
});
