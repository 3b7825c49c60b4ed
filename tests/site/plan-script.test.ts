import { fasterCache, firstBlockCache, magCache, modelCard, pab, taylorSeer } from "diffusion-cache";
import { describe, expect, test } from "vitest";
import type { Choice } from "../../site/plan/choice.js";
import { modelData } from "../../site/plan/model-data.js";
import { scriptsOf } from "../../site/plan/script.js";

const choice = (card: string) => {
  const [size] = modelCard(card).sizes;
  if (!size) throw new Error(`${card} has no size`);
  return { ...size, card, steps: 40, method: "magcache" } as unknown as Choice;
};

describe("scripts of the planner", () => {
  test.each([
    ["CogVideoX-5b", "CogVideoXPipeline", "width=720", "num_frames=49"],
    ["CogVideoX1.5-5B", "CogVideoXPipeline", "width=1360", "num_frames=81"],
    ["Kandinsky-5.0-T2V-Lite", "Kandinsky5T2VPipeline", "width=768", "asks for a current_timestep that is missing"],
  ])("%s has a script for its own pipeline and size", (name, pipeline, ...says) => {
    const [script] = scriptsOf(modelCard(name), choice(name), [pab({ spatialAttentionBlockSkipRange: 2 })]);
    for (const text of [`${pipeline}.from_pretrained("${modelCard(name).repository}"`, ...says])
      expect(script?.code).toContain(text);
  });

  test("a cache that raises in the model's pipeline says so first, and what to use", () => {
    const [script] = scriptsOf(modelCard("HunyuanVideo-1.5"), choice("HunyuanVideo-1.5"), [firstBlockCache()]);
    expect(script?.code).toContain(
      "# FirstBlockCacheConfig raises with HunyuanVideo15Pipeline in diffusers 0.42.1; use cache-dit.",
    );
    const [fine] = scriptsOf(modelCard("FLUX.1-dev"), choice("FLUX.1-dev"), [firstBlockCache()]);
    expect(fine?.code).not.toContain("raises");
  });

  test("TaylorSeer says where the pipeline enters no cache context, with patterns of its own too", () => {
    const [script] = scriptsOf(modelCard("Chroma1-HD"), choice("Chroma1-HD"), [taylorSeer()]);
    expect(script?.code).toContain("cache_identifiers");
    expect(script?.code).toContain("# TaylorSeerCacheConfig does not work with ChromaPipeline in diffusers 0.42.1");
    const [fine] = scriptsOf(modelCard("FLUX.1-dev"), choice("FLUX.1-dev"), [taylorSeer()]);
    expect(fine?.code).not.toContain("raises");
  });

  test("FasterCache with guidance is judged by both halves, and cache-dit stays away from pipelines that it has not", () => {
    const [script] = scriptsOf(modelCard("LTX-Video-2B"), choice("LTX-Video-2B"), [fasterCache()]);
    expect(script?.code).toContain("# FasterCacheConfig raises with LTXPipeline in diffusers 0.42.1");
    const libraries = (name: string) =>
      scriptsOf(modelCard(name), choice(name), [taylorSeer()]).map(({ library }) => library);
    expect(libraries("Latte-1")).toEqual(["diffusers"]);
    expect(libraries("FLUX.1-dev")).toEqual(["diffusers", "cache-dit"]);
  });

  test("with two experts MagCache asks for ratios of each", () => {
    const method = magCache({ magRatios: [1, 0.9, 0.9] });
    const [script] = scriptsOf(modelCard("Wan2.2-A14B"), choice("Wan2.2-A14B"), [method]);
    expect(script?.code).toContain("# Each expert counts its own calls from 0");
  });

  test("models have the settings that were published under their name", () => {
    for (const [model, method] of [
      ["FLUX.1-dev", "magcache"],
      ["Wan2.1-14B-I2V", "teacache"],
      ["Wan2.2-A14B", "magcache"],
      ["LTX-Video-2B", "teacache"],
    ] as const)
      expect(
        modelData[model]?.settings.map((one) => one.method),
        model,
      ).toContain(method);
  });
});
