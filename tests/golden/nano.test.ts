import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import { fixtureFolder, relativeError } from "./fixture.js";

// The shipped checkpoint with its default prompt, guidance and steps, against diffusers: training/reference.py.

const model = fileURLToPath(new URL("../../site/public/models/latte-motion-nano", import.meta.url));
const tensors = readSafetensors(readFileSync(fixtureFolder("nano-reference.safetensors")));
const tensor = (name: string) => {
  const found = tensors.get(name);
  if (!found) throw new Error(`nano-reference.safetensors has no tensor ${name}`);
  return found;
};

describe("latte-motion-nano", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ model, backend: "wasm" });
  });
  afterAll(() => engine.dispose());

  test("from diffusers' tensors: the clip that diffusers makes", async () => {
    const inputs = {
      noise: tensor("noise"),
      cond: { text: tensor("cond") },
      uncond: { text: tensor("uncond") },
    };
    const { clip } = await engine.generate({ inputs });
    expect(relativeError(clip.data, tensor("sample").data)).toBeLessThan(1e-3);
  });

  test("from its own noise of seed 0 and its default prompt: the same clip", async () => {
    const { clip } = await engine.generate();
    expect(relativeError(clip.data, tensor("sample").data)).toBeLessThan(1e-3);
  });
});
