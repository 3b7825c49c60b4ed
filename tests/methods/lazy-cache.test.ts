import { describe, expect, test } from "vitest";
import { lazyCache } from "../../src/engine/cache/methods/lazy-cache.js";
import { productModel, row, runArithmetic } from "../arithmetic-model.js";

// EasyCache (arXiv:2507.02860) around the whole step. Its decisions are tested beside EasyCache's.

const guided = {
  model: productModel(),
  latents: [row(1), row(2), row(4), row(5)],
  timesteps: [3, 3, 3, 3],
  guidance: 2,
  text: { cond: row(0), uncond: row(1) },
};

describe("LazyCache", () => {
  test("a reused step runs neither branch and keeps one difference, of the guided prediction", async () => {
    const { outputs, sites, visits, cacheBytes, bytesAfter } = await runArithmetic({
      ...guided,
      methods: [lazyCache({ threshold: 100, retSteps: 1 })],
    });
    expect(outputs).toEqual([[2], [5], [7], [14]]); // 4 + (5 − 2)
    expect(sites).toEqual([{ site: "guided", kind: "guided", computed: "1101" }]);
    expect(visits.map(({ decision }) => decision)).toEqual(["compute", "compute", "reuse", "compute"]);
    expect(Math.max(...cacheBytes)).toBe(4 * 4); // the difference, two latents and a prediction of 4 bytes
    expect(bytesAfter).toBe(0);
  });

  // ComfyUI, comfy_extras/nodes_easycache.py: input_change is None before start_percent, and so no rate is taken.
  test("k is measured inside the active steps: the first of them is computed", async () => {
    const { sites } = await runArithmetic({ ...guided, methods: [lazyCache({ threshold: 100, retSteps: 2 })] });
    expect(sites[0]?.computed).toBe("1111");
  });

  test("threshold 0 is the uncached run, bit for bit", async () => {
    const { outputs } = await runArithmetic({ ...guided, methods: [lazyCache({ threshold: 0 })] });
    expect(outputs).toEqual((await runArithmetic({ ...guided, methods: [] })).outputs);
  });

  test("an option of nobody is refused", () => {
    expect(() => lazyCache({ treshold: 1 } as object)).toThrow(expect.objectContaining({ code: "option-unknown" }));
  });
});
