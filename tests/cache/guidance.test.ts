import { describe, expect, test } from "vitest";
import { reuse } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { masked } from "./masked.js";

describe("guidance", () => {
  const text = { cond: row(1), uncond: row(5) };

  test("is uncond + scale · (cond − uncond)", async () => {
    const { outputs } = await runArithmetic({
      model: doublingModel(1),
      methods: [],
      latents: [row(10)],
      guidance: 3,
      text,
    });
    expect(outputs).toEqual([[25 + 3 * (21 - 25)]]);
  });

  test("branches keep their features apart (the case diffusers' PAB fails)", async () => {
    const seen: string[] = [];
    const spy = masked("10", (model) => model.all(), {
      start:
        ({ branch }) =>
        ({ step, computed }) => {
          seen.push(`${branch}@${step} kept ${computed.join()}`);
          return reuse;
        },
    });
    await runArithmetic({ model: doublingModel(1), methods: [spy], latents: [row(1), row(2)], guidance: 2, text });
    expect(seen).toEqual(["cond@1 kept 0", "uncond@1 kept 0"]);

    // The text is added after the blocks, so only the output differs between the branches: 21 and 25.
    const { outputs } = await runArithmetic({
      ...{ model: doublingModel(1), methods: [masked("10", (model) => [model.output()])] },
      ...{ latents: [row(10), row(20)], guidance: 3, text },
    });
    expect(outputs).toEqual([[13], [13]]);
  });

  test("the unconditional branch can be an estimate: cond + the gap of before", async () => {
    const gap = masked("10", (model) => [model.uncond()]);
    const { outputs, sites } = await runArithmetic({
      model: doublingModel(1),
      methods: [gap],
      latents: [row(10), row(20)],
      guidance: 3,
      text,
    });
    expect(outputs[1]).toEqual([41 + 4 + 3 * (41 - 45)]);
    expect(sites.find(({ site }) => site === "uncond")?.computed).toBe("10");
  });
});

describe("the whole network", () => {
  test("reuses the output itself, or what it adds to the latents", async () => {
    const run = (keeps: "value" | "residual") =>
      runArithmetic({
        model: doublingModel(1),
        methods: [masked("10", (m) => [m.output(keeps)])],
        latents: [row(10), row(12)],
      });
    expect((await run("value")).outputs).toEqual([[20], [20]]);
    expect((await run("residual")).outputs).toEqual([[20], [22]]);
  });
});
