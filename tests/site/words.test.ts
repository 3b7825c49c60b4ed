import * as engine from "diffusion-cache";
import {
  cfgCache,
  dbCache,
  firstBlockCache,
  fora,
  latteSites,
  type MethodName,
  magCache,
  methods,
  pab,
  stepMask,
  taylorSeer,
} from "diffusion-cache";
import { describe, expect, it } from "vitest";
import { statusOf } from "../../site/device/run-status.js";
import { transferClock } from "../../site/device/transfer-clock.js";
import { rowInWords } from "../../site/grid/cell-words.js";
import { gridRows, restOf } from "../../site/grid/grid-rows.js";
import { runRows } from "../../site/grid/run-rows.js";
import { inBytes, inMemory, inTime } from "../../site/page/bytes.js";
import { failureOf } from "../../site/page/failure.js";
import type { Measured, Settings } from "../../site/program/example-module.js";
import { methodFunctions } from "../../site/program/method-functions.js";
import { saidOptions } from "../../site/program/said-options.js";
import { sentenceOf } from "../../site/program/sentence.js";
import { idealOf, summaryOf } from "../../site/program/summary.js";
import { pythonForms, pythonSnippet } from "../../site/snippets/snippet-python.js";
import { typescriptSnippet } from "../../site/snippets/snippet-typescript.js";

const settings: Omit<Settings, "options"> = { prompt: 'a "large" ring', seed: 3, steps: 20, guidance: 7.5 };

describe("snippets of the current settings", () => {
  it("say them in TypeScript, without the options that are at their default", () => {
    const options = { spatialAttentionBlockSkipRange: 4, spatialAttentionTimestepSkipRange: [100, 800] } as const;
    expect(typescriptSnippet([pab(options)], settings)).toMatchInlineSnapshot(`
      "import { createWorkerEngine, pab } from "diffusion-cache";

      const engine = await createWorkerEngine({ model: "/models/latte-motion-nano" });
      const { clip, trace } = await engine.generate({
        prompt: "a \\"large\\" ring",
        seed: 3,
        steps: 20,
        guidance: 7.5,
        cache: [pab({
          spatialAttentionBlockSkipRange: 4,
        })],
      });"
    `);
    expect(typescriptSnippet([firstBlockCache()], settings)).toContain("  cache: [firstBlockCache()],");
  });

  it("name functions that the package exports", () => {
    for (const name of Object.keys(methods) as MethodName[])
      expect((engine as Record<string, unknown>)[methodFunctions[name]], name).toBe(methods[name]);
  });

  it("keep the options without which a method would be another", () => {
    expect(saidOptions(pab({ temporalAttentionBlockSkipRange: 3, spatialAttentionBlockSkipRange: 2 }))).toEqual({
      spatialAttentionBlockSkipRange: 2,
      temporalAttentionBlockSkipRange: 3,
    });
    expect(saidOptions(magCache({ magRatios: [1, 1.1], threshold: 0.06 }))).toEqual({ magRatios: [1, 1.1] });
  });

  it("say them in Python, with identifiers that keep Latte's temporal layers apart", () => {
    const python = pythonSnippet([pab({ temporalAttentionBlockSkipRange: 3 })], settings) ?? "";
    expect(python).toContain("PyramidAttentionBroadcastConfig(\n    temporal_attention_block_skip_range=3,");
    expect(python).toContain('spatial_attention_block_identifiers=("^transformer_blocks",),');
    expect(python).toContain('prompt = "a \\"large\\" ring"\n');
    expect(python).toContain("    num_inference_steps=20,\n    guidance_scale=7.5,");
  });

  it("say CFG-Cache as FasterCache without its attention", () => {
    const python = pythonSnippet([cfgCache({ unconditionalBatchTimestepSkipRange: [-1, 900] })], settings);
    expect(python).toContain(
      "FasterCacheConfig(\n    spatial_attention_block_skip_range=None,\n    temporal_attention_block_skip_range=None,\n" +
        "    unconditional_batch_timestep_skip_range=(-1, 900),\n    attention_weight_callback=",
    );
  });

  it("find the attention that TaylorSeer's own patterns in diffusers miss", () => {
    const python = pythonSnippet([taylorSeer({ sites: ["spatial-attention", "feed-forward"] })], settings);
    expect(python).toContain(String.raw`cache_identifiers=[r".*\.attn1", r".*\.ff"],`);
  });

  it("have what comes nearest for a method that no library has, and say so", () => {
    expect(pythonSnippet([fora()], settings)).toBeUndefined();
    const [form, ...others] = pythonForms([fora({ interval: 4 })], settings);
    expect(others).toEqual([]);
    expect(form).toMatchObject({ id: "diffusers", exact: false });
    expect(form?.code).toContain("# diffusers has no FORA, nor has cache-dit. It is in github.com/prathebaselva/FORA.");
    expect(form?.code).toContain("cache_interval=4,");
  });

  it("say in cache-dit what it has, on one GPU and on several", () => {
    const ids = (method: engine.CacheMethod) => pythonForms([method], settings).map(({ id }) => id);
    expect(ids(dbCache())).toEqual(["diffusers", "cache-dit", "cache-dit-gpus"]);
    expect(ids(pab())).toEqual(["diffusers"]);
    expect(pythonSnippet([dbCache({ calibrator: "foca" })], settings)).toContain(
      "calibrator_config=FoCaCalibratorConfig(),",
    );
    const refreshed = dbCache({ forceRefreshStepHint: 10, forceRefreshStepPolicy: "repeat" });
    for (const line of ["force_refresh_step_hint=10,", 'force_refresh_step_policy="repeat",'])
      expect(pythonSnippet([refreshed], settings)).toContain(line);
    const [, , several] = pythonForms([stepMask({ mask: "1011", site: "output" })], { ...settings, steps: 4 });
    expect(several?.exact).toBe(false);
    expect(several?.code).toContain("not the output as a whole");
    expect(several?.code).toContain("steps_computation_mask=[1, 0, 1, 1],");
    expect(several?.code).toContain("ParallelismConfig(ulysses_size=dist.get_world_size())");
  });

  it("leave out what a library does not have, and say so", () => {
    const guarded = engine.guarded(firstBlockCache(), { maxConsecutive: 2, lastStep: true });
    const [diffusers, other] = pythonForms([guarded], settings);
    expect(diffusers).toMatchObject({ exact: false });
    expect(diffusers?.code).toContain("# Left out, since diffusers has no such option: guards.");
    expect(other?.code).toContain("max_continuous_cached_steps=2,");
    expect(other?.code).toContain("Left out: cache-dit has no guard for the last step.");
    const forecast = engine.withForecast(firstBlockCache(), { by: "taylorseer", order: 2 });
    expect(pythonSnippet([forecast], settings)).toContain("TaylorSeerCalibratorConfig(taylorseer_order=2)");
    const ofDbCache = engine.withForecast(dbCache(), { by: "foca" });
    expect(pythonSnippet([ofDbCache], settings)).toContain("calibrator_config=FoCaCalibratorConfig(),");
    for (const method of [dbCache(), firstBlockCache()]) {
      const [, hermite] = pythonForms([engine.withForecast(method, { by: "hermite" })], settings);
      expect(hermite).toMatchObject({ id: "cache-dit", exact: false });
      expect(hermite?.code).toContain("cache-dit has no forecast by Hermite polynomials");
    }
    expect(pythonForms([pab(), fora()], settings)[0]?.code).toContain("one cache at a time: this is pab without fora.");
  });

  it("say FLUX where the model is one", () => {
    const [form] = pythonForms([pab({ crossAttentionBlockSkipRange: 4 })], settings, "flux-shapes-nano");
    expect(form?.code).toContain("FluxPipeline");
    expect(form?.code).not.toContain("cross_attention_block_skip_range");
  });
});

describe("rows of a run", () => {
  it("say of a sub-layer what was decided for the blocks around it, in both branches", () => {
    const run = runRows([firstBlockCache()], engine.latteSites(1), 3);
    run.step(0, [{ site: "blocks.1-2", decision: "compute" }]);
    run.step(1, [{ site: "blocks.1-2", decision: "reuse" }]);
    run.step(2, [
      { site: "blocks.1-2", decision: "reuse" },
      { site: "blocks.1-2", decision: "compute" },
    ]);
    const cells = Object.fromEntries(run.rows().map(({ sites, cells }) => [sites.join(), cells]));
    expect(cells["transformer_blocks.0.attn1"]).toEqual(["compute", "compute", "compute"]);
    expect(cells["temporal_transformer_blocks.0.attn1"]).toEqual(["compute", "reuse", "mixed"]);
    expect(cells["blocks.1-2"]).toEqual(["compute", "reuse", "mixed"]);
  });

  it("let the conditional pass run where only guidance's difference is estimated", () => {
    const run = runRows([cfgCache()], engine.latteSites(1), 2);
    run.step(0, [{ site: "uncond", decision: "forecast" }]);
    const rows = run.rows();
    expect(rows.at(-1)).toMatchObject({ label: "Guidance difference", cells: ["forecast", "pending"] });
    for (const { cells } of rows.slice(0, -1)) expect(cells).toEqual(["compute", "pending"]);
  });
});

const traceOf = (wallMs: number, decisions: readonly ("compute" | "reuse")[]) =>
  ({
    visits: decisions.map((decision) => ({ decision })),
    totals: { wallMs, bytes: { peak: { cache: 2500, weights: 8.3e6, activations: 1e6, workspace: 0 } } },
    backend: { description: "WebAssembly, 1 thread" },
  }) as unknown as Measured["cached"]["trace"];

const measured = (ms: number, decisions: readonly ("compute" | "reuse")[]): Measured => ({
  uncached: { trace: traceOf(2000, []) },
  cached: { trace: traceOf(ms, decisions) },
  quality: { psnr: 36.04, ssim: 0.991, maxError: 0.5 },
});

describe("what a run leaves, in words and numbers", () => {
  it("says a speed-up, and that there was none", () => {
    expect(sentenceOf(measured(1000, ["compute", "reuse"]))).toBe(
      "The cached run reused 1 of 2 features instead of computing them and took 1.00 s instead of 2.00 s on WebAssembly, " +
        "1 thread (2.00 times as fast), kept at most 2.44 KiB, and its clip can hardly be told from the uncached one (SSIM 0.991).",
    );
    expect(sentenceOf(measured(2500, ["reuse"]))).toContain("(slower)");
    expect(sentenceOf(measured(2000, ["compute"]))).toMatch(/nothing was reused/);
  });

  it("fills the summary, and does not boast of more than the ideal", () => {
    const run = measured(1000, ["reuse"]);
    expect(summaryOf(run)).toMatchObject({ speedup: "2.00 ×", psnr: "36.0 dB", ssim: "0.9910", weights: "7.92 MiB" });
    expect(idealOf(run, 2.5)).toEqual({ ideal: "2.50 ×", share: "80 %" });
    expect(idealOf(run, 1.5)).toMatchObject({ speedup: "disturbed", share: "disturbed: run again" });
  });

  it("says bytes and times as people do", () => {
    expect([999, 2500, 8_315_608, 134e6].map(inBytes)).toEqual(["999 B", "2.50 kB", "8.3 MB", "134 MB"]);
    expect([999, 2500, 1_023_000, 1_048_576, 27_525_120, 134e6].map(inMemory)).toEqual([
      "999 B",
      "2.44 KiB",
      "999 KiB",
      "1.00 MiB",
      "26.3 MiB",
      "128 MiB",
    ]);
    expect([840.4, 999.6, 1844, 12_345, 99_960].map(inTime)).toEqual(["840 ms", "1.00 s", "1.84 s", "12.3 s", "100 s"]);
  });

  it("says where a run is", () => {
    const step = { phase: "step", step: 3, steps: 10, ms: 41.6, decisions: [] } as const;
    expect(statusOf("cached", step)).toEqual({ text: "Cached run: step 4 of 10, 42 ms", share: 0.7 });
    const download = { phase: "download", loaded: 1e6, total: 4e6, file: "x" } as const;
    expect(statusOf("uncached", download)).toEqual({ text: "Loading the model: 1.0 MB of 4.0 MB", share: 0.25 });
    const retry = { attempt: 2, attempts: 5, reason: "the server answered 503" };
    expect(statusOf("uncached", { ...download, retry }).text).toBe(
      "Loading the model: 1.0 MB of 4.0 MB; the server answered 503, attempt 2 of 5",
    );
  });

  it("says how fast a download is and how long it takes, once that can be told", () => {
    const clock = transferClock();
    expect(clock({ loaded: 0, total: 4e6 }, 0)).toBe("");
    expect(clock({ loaded: 5e5, total: 4e6 }, 500)).toBe("");
    expect(clock({ loaded: 2e6, total: 4e6 }, 2000)).toBe(", 1.0 MB/s, 2 s left");
    expect(clock({ loaded: 4e6, total: 4e6 }, 4000)).toBe(", 1.0 MB/s");
    expect(clock({ loaded: 1e5, total: 4e6 }, 9000)).toBe("");
  });
});

it("shows at each site how the method that decides there fills a step in", () => {
  const rest = restOf([cfgCache(), pab()], latteSites(2));
  expect(rest("uncond")).toBe("forecast");
  expect(rest("transformer_blocks.0.attn1")).toBe("reuse");
});

it("says a row of a grid to those who do not see it", () => {
  const [row] = gridRows(
    [
      { site: "transformer_blocks.0.attn1", kind: "spatial-attention", computed: "1010" },
      { site: "transformer_blocks.1.attn1", kind: "spatial-attention", computed: "1010" },
    ],
    () => "reuse",
  );
  expect(row?.sites).toHaveLength(2);
  expect(row && rowInWords(row)).toBe("Spatial attention: computed in steps 1, 3; reused in steps 2, 4.");
});

it("shows an error with its hint and its code, and offers to try again what may pass", () => {
  const said = { code: "prompt-invalid", message: "mauve is no word", hint: "Use another word." };
  expect(failureOf(said)).toEqual({ ...said, passes: false, reload: false });
  expect(failureOf({ code: "download-failed", message: "" }).passes).toBe(true);
});
