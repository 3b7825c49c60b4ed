import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine, Progress } from "../../src/engine/engine.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { trailingSigmas } from "../../src/engine/schedulers/pipeline-sigmas.js";
import { changed } from "../small-files.js";
import { fixtureFolder, relativeError } from "./fixture.js";

// A folder as training/export.py makes it, from its prompt to pixels: latents and trailing sigmas, then a decoder that
// scales and shifts. training/pipeline_example.py made the clip with diffusers alone (tests/reference/latent_latte.py).

const folder = fixtureFolder("latent-latte");
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ model: folder, backend: "wasm" });
});
afterAll(() => engine.dispose());

describe("a Latte on latents", () => {
  test("makes the clip that diffusers makes of the same folder", async () => {
    expect(engine.model.clip).toEqual({ frames: 2, height: 24, width: 24, fps: 8 });
    const { clip, latents, trace } = await engine.generate({ seed: 3 });
    const wanted = readSafetensors(readFileSync(`${folder}/reference.safetensors`)).get("clip");
    expect(latents.dims).toEqual([1, 5, 2, 6, 6]);
    expect(clip.dims).toEqual(wanted?.dims);
    expect(relativeError(clip.data, wanted?.data as Float32Array)).toBeLessThan(1e-5);
    expect(trace.timesteps.at(-1)).toBeCloseTo((1000 * 3 * (1 / 6)) / (1 + 2 * (1 / 6)), 2); // σ = 1/6 under a shift of 3
    expect(trace.totals.decodeMs).toBeGreaterThan(0);
  });

  test("takes its noise levels from its manifest, by their name or one by one", async () => {
    const timesteps = async (sigmas?: "trailing" | "scheduler" | readonly number[]) =>
      (await engine.generate(sigmas ? { sigmas } : {})).trace.timesteps;
    const own = await timesteps();
    expect(await timesteps("trailing")).toEqual(own);
    expect(await timesteps(trailingSigmas(6))).toEqual(own);
    expect((await timesteps("scheduler")).at(-1)).toBeLessThan(10); // FlowMatchEuler's own end near 0
  });

  test("sends small pictures of its latents while it runs", async () => {
    const previews: (readonly number[])[] = [];
    const onProgress = (progress: Progress): void => {
      if (progress.phase === "step" && progress.preview) previews.push(progress.preview.dims);
    };
    await engine.generate({ previewEvery: 3, onProgress });
    expect(previews).toEqual([1, 2].map(() => [1, 3, 2, 6, 6]));
  });

  test("is refused where its clips cannot be made of its decoder's blocks", async () => {
    const odd = changed(folder, { "manifest.json": (bytes) => `${bytes}`.replace('"height": 24', '"height": 26') });
    await expect(createEngine({ model: odd, backend: "wasm" })).rejects.toThrow(
      "manifest.json has clips of 24 × 26; vae/ decodes blocks of 4 × 4.",
    );
  });
});
