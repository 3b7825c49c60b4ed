import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { readSafetensors } from "../../src/engine/files/safetensors.js";
import { createEngine } from "../../src/engine/run/create-engine.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { fixtureFolder, relativeError } from "./fixture.js";

// The shipped checkpoint with its default prompt, guidance and steps, against diffusers: training/reference.py.

const model = fileURLToPath(new URL("../../site/public/models/flux-shapes-nano", import.meta.url));
const tensors = readSafetensors(readFileSync(fixtureFolder("flux-nano-reference.safetensors")));
const tensor = (name: string): Tensor => {
  const found = tensors.get(name);
  if (!found) throw new Error(`flux-nano-reference.safetensors has no tensor ${name}`);
  return found;
};

/** The rows of a text and, as the model was trained, their sum for its pooled projection. */
const condition = (text: Tensor): Readonly<Record<string, Tensor>> => {
  const columns = text.dims[2] as number;
  const sum = Float32Array.from({ length: columns }, (_, column) =>
    text.data.reduce((total, value, index) => total + (index % columns === column ? value : 0), 0),
  );
  return { text, pooled: { dims: [1, columns], data: sum } };
};

describe("flux-shapes-nano", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ model, backend: "wasm" });
  });
  afterAll(() => engine.dispose());

  test("from diffusers' tensors: the frame that diffusers makes", async () => {
    const [cond, uncond] = [condition(tensor("cond")), condition(tensor("uncond"))];
    const { clip } = await engine.generate({ inputs: { noise: tensor("noise"), cond, uncond } });
    expect(clip.dims).toEqual([1, 3, 1, 48, 48]);
    expect(relativeError(clip.data, tensor("sample").data)).toBeLessThan(1e-3);
  });

  test("from its own noise of seed 0 and its default prompt: the same frame", async () => {
    const { clip } = await engine.generate();
    expect(relativeError(clip.data, tensor("sample").data)).toBeLessThan(1e-3);
  });
});
