import { describe, expect, test } from "vitest";
import { polynomial } from "../../src/engine/cache/forecast.js";
import { teaCache } from "../../src/engine/cache/methods/tea-cache.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";

// arXiv:2411.19108. The modulated input of this model is its latents: 0.93^i over 12 steps.

const flux = [498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861];
const identity = [1, 0];
const latents = Array.from({ length: 12 }, (_, step) => row(0.93 ** step));
const run = (coefficients: readonly number[], relL1Thresh: number, given = latents) =>
  runArithmetic({ model: doublingModel(2), methods: [teaCache({ coefficients, relL1Thresh })], latents: given });
const maskOf = async (...given: Parameters<typeof run>) => (await run(...given)).sites.at(-1)?.computed;

describe("TeaCache", () => {
  test.each([
    [flux, 0.4, "100100100101"],
    [flux, 0.6, "100010001001"],
    [identity, 0.2, "100100100101"],
    [identity, 0, "111111111111"],
  ])("%j, threshold %d", async (coefficients, threshold, mask) => {
    expect(await maskOf(coefficients, threshold)).toBe(mask);
  });

  test.each([
    ["FLUX", flux, [0.264231, 0.207978, 0.180503, 0.206847, 0.261995, 0.52213]],
    [
      "HunyuanVideo",
      [733.226126, -401.131952, 67.5869174, -3.149878, 0.0961237896],
      [0.096124, 0.057069, 0.062038, 0.129196, 0.133731, 0.342552],
    ],
    [
      "LTX-Video",
      [21.4700694, -12.8016453, 2.31279151, 0.792487521, 0.00969274326],
      [0.009693, 0.026369, 0.053633, 0.101415, 0.192641, 0.283853],
    ],
    [
      "Wan 1.3B",
      [2396.76752, -1311.10545, 201.331979, -8.29855975, 0.137887774],
      [0.137888, 0.042344, 0.077381, 0.249923, -0.122561, -0.217832],
    ],
  ])("the published polynomial of %s", (_, coefficients, values) => {
    for (const [index, x] of [0, 0.02, 0.05, 0.1, 0.2, 0.3].entries())
      expect(polynomial(coefficients, x)).toBeCloseTo(values[index] as number, 5);
  });

  test("an estimate below zero counts as none, and the trace marks it", async () => {
    const steps = 6;
    const { sites, visits } = await run([-1], 0.5, latents.slice(0, steps));
    expect(sites.at(-1)?.computed).toBe("100001"); // the last step is computed
    const marks = visits.map(({ reasons }) => reasons?.negative ?? false);
    expect(marks).toEqual([false, true, true, true, true, false]);
    expect(visits[3]?.reasons?.accumulated).toBe(0);
  });

  test("a reused step adds the stack's residual once, to today's input", async () => {
    const { outputs } = await run(identity, 100, [row(10), row(11), row(12)]);
    expect(outputs).toEqual([[40], [41], [48]]);
  });

  test("the timestep's embedding alone decides the same for every input", async () => {
    const masks = await Promise.all(
      [1, 7].map(async (scale) => {
        const { sites } = await runArithmetic({
          model: doublingModel(2),
          methods: [teaCache({ coefficients: identity, relL1Thresh: 0.14, signal: "timestep-embedding" })],
          latents: latents.map(({ data }, step) => row((data[0] as number) * scale * (1 + (step % 3)))),
          timesteps: latents.map((_, step) => 0.95 ** step),
        });
        return sites.at(-1)?.computed;
      }),
    );
    expect(masks).toEqual(["100100100101", "100100100101"]);
  });

  test.each([
    [{}],
    [{ coefficients: [] }],
    [{ coefficients: [1, Number.NaN] }],
    [{ coefficients: [1], relL1Thresh: -1 }],
    [{ coefficients: [1], signal: "output" }],
    [{ coefficients: [1], calibratedFor: { model: "a" } }],
  ])("%j is refused", (options) => {
    expect(() => teaCache(options as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});

test("a sum of exactly the threshold is computed, and an estimate of 0 is not negative", async () => {
  const changed = await run(identity, 0.25, [row(8), row(10), row(10), row(10)]);
  expect(changed.sites.at(-1)?.computed).toBe("1101");
  const { visits } = await run([0], 0.5, latents.slice(0, 4));
  expect(visits[1]?.reasons).toEqual({ accumulated: 0, threshold: 0.5 });
});
