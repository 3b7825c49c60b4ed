import { describe, expect, test } from "vitest";
import { guarded, withForecast } from "../../src/engine/cache/compose.js";
import { taylorWeights } from "../../src/engine/cache/forecast.js";
import { cfgCache } from "../../src/engine/cache/methods/cfg-cache.js";
import { easyCache } from "../../src/engine/cache/methods/easy-cache.js";
import { fasterCache } from "../../src/engine/cache/methods/faster-cache.js";
import { firstBlockCache } from "../../src/engine/cache/methods/first-block-cache.js";
import { fora } from "../../src/engine/cache/methods/fora.js";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { magCache } from "../../src/engine/cache/methods/mag-cache.js";
import { pab } from "../../src/engine/cache/methods/pyramid-attention-broadcast.js";
import { stepMask } from "../../src/engine/cache/methods/step-mask.js";
import { taylorSeer } from "../../src/engine/cache/methods/taylor-seer.js";
import { type CacheMethod, compute, reuse } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { mask } from "../contract.js";
import { uniform } from "../numbers.js";

const still = Array.from({ length: 10 }, () => row(1));
const blocksMask = async (method: CacheMethod, latents = still) =>
  (await runArithmetic({ model: doublingModel(3), methods: [method], latents })).sites.at(-1)?.computed;

describe("guards", () => {
  test("without any, a method decides as it did", () => {
    expect(mask(guarded(pab(), {}), "spatial-attention")).toBe(mask(pab(), "spatial-attention"));
  });

  test.each([
    [{}, "1000000000"],
    [{ warmupSteps: 3 }, "1110000000"],
    [{ lastStep: true }, "1000000001"],
    [{ maxConsecutive: 2 }, "1001001001"],
    [{ maxConsecutive: 0 }, "1111111111"],
    [{ warmupSteps: 2, lastStep: true, maxConsecutive: 3 }, "1100010001"],
  ])("%j on an input that does not change", async (guards, expected) => {
    expect(await blocksMask(guarded(firstBlockCache({ threshold: 0.1 }), guards))).toBe(expected);
  });

  test("what a method accumulates starts anew where a guard computes", () => {
    const magRatios = Array.from({ length: 12 }, () => 1.02);
    const options = { magRatios, threshold: 0.1, maxSkipSteps: 9, retentionRatio: 0 };
    // Alone, the third reuse in a row would bring the error from 0.06 to 0.12; a forced step in between clears it.
    expect(mask(magCache(options), "blocks", 12)).toBe("100100100100");
    expect(mask(guarded(magCache(options), { maxConsecutive: 1 }), "blocks", 12)).toBe("101010101010");
  });

  test("hold for the parts of a method made of several", () => {
    const method = guarded(fasterCache(), { warmupSteps: 20 });
    expect(mask(method, "spatial-attention")).toBe("1".repeat(20));
    expect(mask(method, "uncond")).toBe("1".repeat(20));
  });

  test.each([[{ warmupSteps: -1 }], [{ lastStep: 1 }], [{ maxConsecutive: 0.5 }]])("%j is refused", (guards) => {
    expect(() => guarded(fora(), guards as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  const methods: readonly CacheMethod[] = [
    firstBlockCache({ threshold: 0.4 }),
    easyCache({ threshold: 5, retSteps: 2 }),
    stepMask({ every: 5 }),
    magCache({ magRatios: [1], threshold: 9, maxSkipSteps: 9, retentionRatio: 0 }),
  ];
  test.each(methods.map((method) => [method.name, method] as const))(
    "%s under any guards and inputs: the warm-up, the last step and the limit hold",
    async (_, method) => {
      for (let seed = 0; seed < 6; seed++) {
        const random = uniform(seed);
        const guards = {
          warmupSteps: Math.floor(4 * random()),
          lastStep: random() < 0.5,
          maxConsecutive: Math.floor(4 * random()),
        };
        const latents = still.map(() => row(1 + 0.5 * random()));
        const { visits, bytesAfter } = await runArithmetic({
          model: doublingModel(3),
          methods: [guarded(method, guards)],
          latents,
        });
        const found = visits.map(({ decision }) => (decision === "compute" ? "1" : "0")).join("");
        expect(found.slice(0, guards.warmupSteps)).not.toContain("0");
        if (guards.lastStep) expect(found.at(-1)).toBe("1");
        expect(Math.max(...found.split("1").map((run) => run.length))).toBeLessThanOrEqual(guards.maxConsecutive);
        expect(bytesAfter).toBe(0);
      }
    },
  );
});

describe("withForecast", () => {
  const line = [1, 2, 3, 4, 5, 6].map((one) => row(one));
  test.each([
    [{ by: "taylorseer", order: 0 }, [8, 16, 17, 18, 19, 48]],
    [{ by: "taylorseer", order: 1 }, [8, 16, 24, 32, 40, 48]],
    [{ by: "hermite", order: 0 }, [8, 16, 17, 18, 19, 48]],
    // The residual 7x goes on at half its slope of 7 from 14: 3 + 17.5, 4 + 21, 5 + 24.5.
    [{ by: "hermite", order: 1, scale: 0.5 }, [8, 16, 20.5, 25, 29.5, 48]],
    [{ by: "hermite" }, [8, 16, 20.5, 25, 29.5, 48]],
    [{ by: "foca" }, [8, 16, 24, 32, 40, 48]],
  ] as const)("%j carries a reused residual on", async (forecast, outputs) => {
    const run = await runArithmetic({
      model: doublingModel(3),
      methods: [withForecast(stepMask({ mask: "110001" }), forecast)],
      latents: line,
    });
    expect(run.outputs.flat()).toEqual(outputs);
    expect(run.sites.at(-1)?.computed).toBe("110001"); // when to compute is the method's own business
    expect(run.bytesAfter).toBe(0);
  });

  test.each(["output", "guided"])(
    "FoCa is exact on a line after gaps, where cache-dit's gives 6, 9 and 13: %s",
    async (site) => {
      const { outputs } = await runArithmetic({
        model: doublingModel(1),
        methods: [withForecast(stepMask({ mask: "110010001", site: site as "output" }), { by: "foca" })],
        latents: Array.from({ length: 9 }, (_, step) => row(step / 2)),
      });
      expect(outputs.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    },
  );

  test("FoCa is damped beyond three steps", async () => {
    const { outputs } = await runArithmetic({
      model: doublingModel(1),
      methods: [withForecast(stepMask({ mask: "1100000", site: "output" }), { by: "foca" })],
      latents: Array.from({ length: 7 }, (_, step) => row(step / 2)),
    });
    expect(outputs.flat().slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
    // Step 5, four on: 1 + ¾ · 3 = 3.25 along slopes of 1; its own fall then bends step 6.
    expect(outputs.flat()[5]).toBeCloseTo(1 + 0.75 * 3, 6);
  });

  test("FoCa with one feature to go by keeps it", async () => {
    const { outputs } = await runArithmetic({
      model: doublingModel(1),
      methods: [withForecast(stepMask({ mask: "1000", site: "output" }), { by: "foca" })],
      latents: [5, 6, 7, 8].map((one) => row(one)),
    });
    expect(outputs.flat()).toEqual([10, 10, 10, 10]);
  });

  test("what weighs its features itself is refused", () => {
    for (const method of [taylorSeer(), cfgCache(), fasterCache()])
      expect(() => withForecast(method, { by: "foca" })).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  test.each([
    [{ by: "pade" }, "option-invalid", "one of taylorseer, hermite, foca"],
    [{ by: "toString" }, "option-invalid", "one of taylorseer, hermite, foca"],
    [{ by: "hermite", order: 4 }, "option-invalid", "a whole number from 0 to 3"],
    [{ by: "hermite", scale: 1.1 }, "option-invalid", "a number from 0 to 1"],
    [{ by: "hermite", scale: "0.5" }, "option-invalid", "a number from 0 to 1"],
    [{ by: "taylorseer", scale: 0.5 }, "option-unknown", 'no option "scale"'],
    [{ by: "foca", order: 1 }, "option-unknown", 'no option "order"'],
  ])("%j is refused", (forecast, code, message) => {
    expect(() => withForecast(fora(), forecast as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

describe("said as data", () => {
  test("guards and forecast are options of every method, and survive a message", async () => {
    const options = { mask: "1100010000", guards: { maxConsecutive: 2 }, forecast: { by: "taylorseer", order: 1 } };
    const method = methodFromName("mask", options);
    const again = methodFromName(method.name, JSON.parse(JSON.stringify(method.options)));
    expect(again.options).toEqual(method.options);
    expect(await blocksMask(again)).toBe("1100110010");
  });
});

describe("composition", () => {
  test("nested sites: the outer one rests, and the inner ones are asked only where it runs", async () => {
    const { visits, bytesAfter } = await runArithmetic({
      model: doublingModel(3),
      methods: [stepMask({ mask: "1010" }), fora({ interval: 4 })],
      latents: still.slice(0, 4),
    });
    const inner = visits.filter(({ method }) => method === "fora").map(({ step }) => step);
    expect([...new Set(inner)]).toEqual([0, 2]);
    expect(bytesAfter).toBe(0);
  });

  test("a branch that follows the other computes where it kept features of other steps", async () => {
    const forecasts: CacheMethod = {
      ...{ name: "line", options: {}, history: 2, shared: true },
      sites: (model) => [model.blocks()],
      start: () => (visit) => (visit.step < 3 ? compute : { weights: taylorWeights(visit.computed, visit.step, 1) }),
    };
    const rests = (at: number): CacheMethod => ({
      ...{ name: "rest", options: {} },
      sites: (model) => [model.uncond()],
      start: () => (visit) => (visit.step === at ? reuse : compute),
    });
    for (const [at, decision] of [
      [2, "compute"], // what it kept is of steps 0 and 1, and the weights are for 1 and 2
      [0, "forecast"], // nothing is kept yet, so it is computed all the same
    ] as const) {
      const run = await runArithmetic({
        ...{ model: doublingModel(3), methods: [forecasts, rests(at)], guidance: 2 },
        latents: [0, 1, 2, 3].map((value) => row(value)),
      });
      expect(
        run.visits.find(({ step, branch, site }) => step === 3 && branch === "uncond" && site !== "uncond"),
      ).toMatchObject({ decision });
      expect(run.outputs.at(-1)).toEqual([24]);
    }
  });

  test("two at one site are named", async () => {
    const run = runArithmetic({ model: doublingModel(3), methods: [fora(), pab()], latents: still });
    await expect(run).rejects.toMatchObject({ code: "site-conflict", message: expect.stringMatching(/fora.*pab/) });
  });
});
