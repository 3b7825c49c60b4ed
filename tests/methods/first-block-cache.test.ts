import { describe, expect, test } from "vitest";
import { dryRun } from "../../src/engine/cache/dry-run.js";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";

// diffusers PR 11180. Traces of its hook on three blocks that double their input.

const trace = async (threshold: number, inputs: readonly number[]) => {
  const { outputs, sites } = await runArithmetic({
    model: doublingModel(3),
    methods: [firstBlockCache({ threshold })],
    latents: inputs.map((value) => row(value)),
  });
  return { outputs: outputs.flat(), computed: sites.at(-1)?.computed };
};

describe("FirstBlockCache", () => {
  test.each([
    [0.25, [8, 9, 10, 10.5, 12, 13, 14], "1001001", [64, 66, 68, 84, 87, 89, 112]],
    [0.25, [8, 10], "10", [64, 68]], // a change of exactly the threshold is reused
    [0.05, [100, 101, 102, 103, 104, 105, 106, 107], "10000100", [800, 802, 804, 806, 808, 840, 842, 844]],
  ])("threshold %d on %j", async (threshold, inputs, computed, outputs) => {
    expect(await trace(threshold, inputs)).toEqual({ computed, outputs });
  });

  // In diffusers 0 / 0 is not above the threshold.
  test("of tensors that stay 0 the first step alone is computed, and the trace holds numbers", async () => {
    const { sites, visits } = await runArithmetic({
      model: doublingModel(2),
      methods: [firstBlockCache()],
      latents: [row(0), row(0), row(0), row(1)],
    });
    expect(sites.at(-1)?.computed).toBe("1001");
    expect(JSON.stringify(visits.map(({ reasons }) => reasons ?? {}))).not.toContain("null");
  });

  test("threshold 0 reuses only where nothing has changed", async () => {
    expect((await trace(0, [1, 2, 2, 3])).computed).toBe("1101");
  });

  test("the first block always runs, and the reading is in the trace", async () => {
    const { sites, visits } = await runArithmetic({
      model: doublingModel(2),
      methods: [firstBlockCache({ threshold: 1 })],
      latents: [row(4), row(5)],
    });
    expect(sites.map(({ computed }) => computed)).toEqual(["11", "10", "10"]);
    expect(visits[1]).toMatchObject({ site: "blocks.1-2", decision: "reuse", readings: [{ change: 1, magnitude: 4 }] });
  });

  test("branches decide apart", async () => {
    const { visits } = await runArithmetic({
      model: doublingModel(2),
      methods: [firstBlockCache({ threshold: 0.3 })],
      latents: [row(4), row(5)],
      guidance: 2,
    });
    expect(visits.map(({ branch, decision }) => `${branch} ${decision}`)).toEqual([
      "cond compute",
      "uncond compute",
      "cond reuse",
      "uncond reuse",
    ]);
  });

  test("has no plan without readings, and no place in a model of one block", async () => {
    expect(() => dryRun({ methods: [firstBlockCache()], timesteps: [1] })).toThrow(
      expect.objectContaining({ code: "needs-readings" }),
    );
    const run = runArithmetic({ model: doublingModel(1), methods: [firstBlockCache()], latents: [row(1)] });
    await expect(run).rejects.toMatchObject({ code: "site-missing" });
  });

  test.each([[{ threshold: -0.1 }], [{ threshold: "0.1" }], [{ threshold: Number.NaN }]])(
    "%j is refused",
    (options) => {
      expect(() => firstBlockCache(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
    },
  );
});
