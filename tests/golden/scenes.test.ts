import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { fixtureFolder, relativeError } from "./fixture.js";

// The shipped checkpoint with its default prompt, guidance, steps and seed 0, against diffusers: training/reference.py.
test("latte-scenes-nano ends at the latents that diffusers ends at", async () => {
  const model = fileURLToPath(new URL("../../site/public/models/latte-scenes-nano", import.meta.url));
  const engine = await createEngine({ model, backend: "wasm" });
  const { clip, latents } = await engine.generate();
  const wanted = readSafetensors(readFileSync(fixtureFolder("scenes-reference.safetensors"))).get("latents");
  expect(latents.dims).toEqual(wanted?.dims);
  expect(relativeError(latents.data, wanted?.data as Float32Array)).toBeLessThan(1e-3);
  expect(clip.dims).toEqual([1, 3, 8, 144, 144]);
  await engine.dispose();
});
