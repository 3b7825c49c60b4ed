import { describe, expect, test } from "vitest";
import { presetMask, stepMask } from "../../src/engine/cache/methods/step-mask.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { expectContract, mask } from "../contract.js";

// cache-dit's steps computation masks (SCM), and masks by hand.

describe("step masks", () => {
  test.each([
    ["slow", "1111111101110011100110010001"],
    ["medium", "1111110110001100011000110001"],
    ["fast", "1111110100010000100000100001"],
    ["ultra", "1111001000001000000100000001"],
  ] as const)("the preset %s has 28 steps", (preset, full) => {
    expect(presetMask(preset, 28)).toBe(full);
    expect(mask(stepMask({ preset }), "blocks", 28)).toBe(full);
  });

  test("a preset is stretched to other numbers of steps, its ends kept", () => {
    for (const steps of [1, 2, 8, 20, 50]) {
      const stretched = presetMask("fast", steps);
      expect(stretched).toHaveLength(steps);
      expect(stretched[0]).toBe("1");
      expect(stretched.at(-1)).toBe("1"); // as the preset's own last step
    }
    expect(presetMask("medium", 56)).toMatch(/^1{12}0/);
  });

  test("every n-th step and the last", () => {
    expect(mask(stepMask({ every: 3 }), "blocks", 9)).toBe("100100101");
    expect(mask(stepMask({ every: 1 }), "blocks", 4)).toBe("1111");
  });

  test.each([
    ["blocks", [[40], [41], [48]]], // 11 + the residual 30
    ["output", [[40], [40], [48]]],
    ["guided", [[40], [40], [48]]],
  ] as const)("what rests: %s", async (site, outputs) => {
    const run = await runArithmetic({
      model: doublingModel(2),
      methods: [stepMask({ mask: "101", site })],
      latents: [row(10), row(11), row(12)],
    });
    expect(run.outputs).toEqual(outputs);
    expect(run.bytesAfter).toBe(0);
  });

  test("the whole step rests with both branches", async () => {
    const { sites, outputs } = await runArithmetic({
      model: doublingModel(1),
      methods: [stepMask({ mask: "10", site: "guided" })],
      latents: [row(1), row(2)],
      guidance: 3,
      text: { uncond: row(1) },
    });
    expect(outputs[1]).toEqual(outputs[0]);
    expect(sites.map(({ computed }) => computed)).toEqual(["10", "10"]);
  });

  test("keeps the contract", () => expectContract(stepMask()));

  test("a mask for another number of steps is refused", () => {
    expect(() => mask(stepMask({ mask: "1010" }), "blocks", 5)).toThrow(
      expect.objectContaining({ code: "option-invalid" }),
    );
  });

  test.each([
    [{ mask: "0111" }],
    [{ mask: "1x" }],
    [{ mask: "11", every: 2 }],
    [{ preset: "turbo" }],
    [{ every: 0 }],
    [{ every: 2, site: "attention" }],
  ])("%j is refused", (options) => {
    expect(() => stepMask(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});
