import { describe, expect, test } from "vitest";
import { autotune, dryRun, type Engine, latteSites, pab } from "../src/engine/index.js";
import { loadCheckpoint } from "../src/engine/run/checkpoint.js";
import { vocabularyFromJson } from "../src/engine/text/vocabulary.js";
import { engineError, engineRejection } from "./error.js";

// What is large is answered soon: refused before it is counted on, or planned in time that grows with its size. A test
// that takes minutes here has found work that grows with the square.

describe("sizes beyond all use are refused", () => {
  test("of a network", () => {
    for (const layers of [65_536, Number.POSITIVE_INFINITY])
      expect(engineError("input-invalid", () => latteSites(layers)).message).toMatch(/whole number from 0 to 1000/);
  });
  test("of a vocabulary", () => {
    const words = Array.from({ length: 40_000 }, (_, at) => `word${at}`);
    const refused = engineError("file-invalid", () =>
      vocabularyFromJson({ slots: [{ name: "word", words }], template: "a {word}" }),
    );
    expect(refused.message).toContain("1 slots with 40000 words");
  });
  test("of a search over no clips", async () => {
    const stopped = async (): Promise<never> => {
      throw new Error("it ran");
    };
    const engine = {
      model: { defaults: {} },
      device: {},
      ...{ generate: stopped, profile: stopped, read: stopped },
    } as unknown as Engine;
    const refused = await engineRejection("input-invalid", autotune(engine, { floor: { psnr: 30 }, clips: [] }));
    expect(refused.message).toMatch(/options\.clips has 0 entries/);
  });
});

describe("sizes that somebody may have are taken", () => {
  test("the plan of a thousand layers", () => {
    const timesteps = Array.from({ length: 20 }, (_, step) => 951 - 50 * step);
    const method = pab({ spatialAttentionBlockSkipRange: 2, crossAttentionBlockSkipRange: 3 });
    const plan = dryRun({ methods: [method], timesteps, sites: latteSites(1000) });
    expect(plan).toHaveLength(5000);
    const [first] = dryRun({ methods: [method], timesteps, sites: latteSites(1) });
    expect(plan.at(4997)?.computed).toBe(plan.at(2)?.computed);
    expect(plan[0]).toEqual(first);
  });
  test("an index of 60,000 tensors", async () => {
    const tensors = Array.from({ length: 60_000 }, (_, at) => [`block.${at}.weight`, "a.safetensors"]);
    const texts: Readonly<Record<string, object>> = {
      "config.json": { _class_name: "LatteTransformer3DModel" },
      "diffusion_pytorch_model.safetensors.index.json": { weight_map: Object.fromEntries(tensors) },
    };
    const { EngineError } = await import("../src/engine/index.js");
    const files = {
      name: "memory",
      read: async (path: string) => {
        if (!texts[path]) throw new EngineError("file-missing", `${path} is not there.`);
        return new TextEncoder().encode(JSON.stringify(texts[path]));
      },
    };
    const refused = await engineRejection("file-missing", loadCheckpoint(files));
    expect(refused.message).toBe("a.safetensors is not there.");
  });
});
