import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fora } from "../../src/engine/cache/methods/fora.js";
import type { Engine } from "../../src/engine/engine.js";
import { compare } from "../../src/engine/measure/compare.js";
import { compareRuns } from "../../src/engine/measure/compare-runs.js";
import { createEngine } from "../../src/engine/run/create-engine.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model: "site/public/models/latte-motion-nano", backend: "wasm" });
});
afterAll(() => engine.dispose());

describe("a cached run beside the uncached one", () => {
  it("has every measure, and drifts from the first step that it skips", async () => {
    const { uncached, cached, quality } = await compare({ engine, settings: { steps: 6, seed: 3 } }, [
      fora({ interval: 3 }),
    ]);
    for (const { stepLatents, latents } of [uncached, cached]) {
      expect(stepLatents?.length).toBe(6);
      expect(stepLatents?.at(-1)).toEqual(latents.data); // each is a copy of its own step
      expect(stepLatents?.at(-2)).not.toEqual(latents.data);
    }
    const computed = cached.trace.sites[0]?.computed ?? "";
    const first = computed.indexOf("0");
    expect(first).toBe(1);
    const { l1, l2 } = quality.stepDrift ?? { l1: [], l2: [] };
    for (const drift of [l1, l2]) {
      expect(drift.length).toBe(6);
      expect(drift.slice(0, first).every((one) => one === 0)).toBe(true);
      expect(drift.slice(first).every((one) => one > 0 && one < 1)).toBe(true);
    }
    expect(quality.latentDrift).toBe(l2.at(-1));
    // Latents of this model are its pixels in −1 … 1, so that the last drift and PSNR are of one error.
    const { data } = uncached.latents;
    const power = data.reduce((sum, one) => sum + one * one, 0) / data.length;
    expect(10 * Math.log10(4 / (power * (quality.latentDrift as number) ** 2))).toBeCloseTo(quality.psnr, 0);
    for (const one of ["msSsim", "temporalError", "flickerIndex", "flip"] as const)
      expect(quality[one]).toBeGreaterThan(0);
    expect(quality.msSsimScales).toBe(3);
  });

  it("costs no bytes that a run without the comparison does not have, and changes nothing in it", async () => {
    const request = { steps: 4, seed: 1, cache: [fora({ interval: 2 })] };
    const plain = await engine.generate(request);
    const kept = await engine.generate({ ...request, stepLatents: true });
    expect(plain).not.toHaveProperty("stepLatents");
    expect(kept.clip.data).toEqual(plain.clip.data);
    expect(kept.trace.totals.bytes).toEqual(plain.trace.totals.bytes);
    expect(compareRuns(plain, kept)).not.toHaveProperty("stepDrift");
    expect(compareRuns(plain, kept)).toMatchObject({ latentDrift: 0, flip: 0, temporalError: 0 });
  });

  it("has the latents of every clip of a batch, made one by one or together", async () => {
    const both = await engine.generate({ steps: 3, seed: 5, clips: 2, stepLatents: true });
    const alone = await engine.generate({ steps: 3, seed: 6, stepLatents: true });
    const size = alone.latents.data.length;
    const second = both.stepLatents?.map((one) => one.slice(size));
    expect(second?.length).toBe(3);
    for (const [step, latents] of (second ?? []).entries()) {
      const reference = alone.stepLatents?.[step] as Float32Array;
      expect(Math.max(...latents.map((one, at) => Math.abs(one - (reference[at] as number))))).toBeLessThan(1e-3);
    }
  });
});
