import { describe, expect, test } from "vitest";
import { type DiCacheOptions, diCache } from "../../src/engine/cache/methods/di-cache.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { uniform } from "../numbers.js";

// arXiv:2508.17356.

type Row = readonly number[];
const minus = (a: Row, b: Row): number[] => a.map((value, index) => value - (b[index] as number));
const size = (a: Row): number => a.reduce((sum, value) => sum + Math.abs(value), 0) / a.length;

/** The authors' loop for FLUX, in plain numbers, on blocks that double. */
const port = (
  inputs: readonly Row[],
  depth: number,
  { probeDepth, relL1Thresh, retRatio, errorChoice }: Required<DiCacheOptions>,
) => {
  const [stack, probes]: [number[][], number[][]] = [[], []];
  let [previousInput, previousProbe]: Row[] = [];
  let [accumulated, mask] = [0, ""];
  const outputs = inputs.map((x, step) => {
    const p = x.map((value) => value * 2 ** probeDepth);
    let compute = step <= Math.floor(retRatio * inputs.length) || step === inputs.length - 1;
    if (compute) accumulated = 0;
    else {
      const [before, probed] = [previousInput as Row, previousProbe as Row];
      const [dx, dy] = [size(minus(x, before)) / size(before), size(minus(p, probed)) / size(probed)];
      accumulated += errorChoice === "delta_y" ? dy : Math.abs(dy - dx);
      compute = accumulated >= relL1Thresh;
      if (compute) accumulated = 0;
    }
    [previousInput, previousProbe] = [x, p];
    mask += compute ? "1" : "0";
    const indicator = minus(p, x);
    if (compute) {
      const h = x.map((value) => value * 2 ** depth);
      stack.push(minus(h, x));
      probes.push(indicator);
      return h;
    }
    const [r1, r2, p1, p2] = [stack.at(-1), stack.at(-2), probes.at(-1), probes.at(-2)] as [Row, Row?, Row?, Row?];
    if (!r2) return x.map((value, index) => value + (r1[index] as number));
    const gamma = Math.min(1.5, Math.max(1, size(minus(indicator, p2 as Row)) / size(minus(p1 as Row, p2 as Row))));
    return x.map(
      (value, index) => value + (r2[index] as number) + gamma * ((r1[index] as number) - (r2[index] as number)),
    );
  });
  return { mask, outputs };
};

test("its four probes cut a pass once, and the stream that they read crosses the cut with them", async () => {
  const { graphs, visits } = await runArithmetic({
    model: doublingModel(3, 2),
    methods: [diCache({ relL1Thresh: 1, retRatio: 0 })],
    latents: [row(1, 2), row(1, 3), row(1, 4), row(1, 5)],
  });
  expect(visits.map(({ decision }) => decision)).toEqual(["compute", "reuse", "reuse", "compute"]);
  for (const [probed, rest, ...more] of graphs) {
    expect(probed?.outputs.map(({ name }) => name)).toEqual(["tap hidden.0", "tap hidden.1", "tap blocks.0-1"]);
    expect(rest?.outputs.map(({ name }) => name)).toContain("prediction");
    expect(more).toEqual([]);
  }
});

describe("DiCache", () => {
  test.each(Array.from({ length: 24 }, (_, seed) => seed))(
    "is the authors' loop on random latents, seed %i",
    async (seed) => {
      const random = uniform(seed);
      let x = Array.from({ length: 5 }, () => 1 + random());
      const inputs = Array.from({ length: 14 }, () => {
        x = x.map((value) => Math.fround(value + 0.3 * (random() - 0.4)));
        return x;
      });
      const options: Required<DiCacheOptions> = {
        probeDepth: 1 + (seed % 2),
        relL1Thresh: seed % 3 === 2 ? 1e-4 : 0.1 + 0.3 * random(),
        retRatio: 0.2 * random(),
        errorChoice: seed % 3 === 2 ? "delta_minus" : "delta_y",
      };
      const { outputs, sites } = await runArithmetic({
        model: doublingModel(4, 5),
        methods: [diCache(options)],
        latents: inputs.map((one) => row(...one)),
      });
      const expected = port(inputs, 4, options);
      expect(expected.mask).toContain("0");
      expect(sites.at(-1)?.computed).toBe(expected.mask);
      for (const [step, output] of outputs.entries())
        for (const [index, value] of output.entries())
          expect(value).toBeCloseTo(expected.outputs[step]?.[index] as number, 3);
    },
  );

  test("the probe's blocks run in every step, the others rest", async () => {
    const { sites } = await runArithmetic({
      model: doublingModel(3),
      methods: [diCache({ relL1Thresh: 100, retRatio: 0 })],
      latents: [row(1), row(2), row(3), row(4)],
    });
    expect(sites.map(({ computed }) => computed)).toEqual(["1111", "1001", "1001", "1001"]);
  });

  test("the trace says how far it carried the residual on", async () => {
    const { visits, outputs } = await runArithmetic({
      model: doublingModel(2),
      methods: [diCache({ relL1Thresh: 100, retRatio: 0.5 })],
      latents: [row(1), row(2), row(3), row(4), row(5)],
    });
    // P moves by 1 a step: from the one before the last computed it is 2 and 3 away where the last was 1; at most 1.5.
    expect(visits[3]?.reasons).toMatchObject({ gamma: 1.5 });
    expect(outputs[3]).toEqual([4 + 6 + 1.5 * (9 - 6)]);
  });

  test("a change of exactly the threshold is computed", async () => {
    const { sites } = await runArithmetic({
      model: doublingModel(2),
      methods: [diCache({ relL1Thresh: 0.25, retRatio: 0 })],
      latents: [row(8), row(10), row(10), row(10)],
    });
    expect(sites.at(-1)?.computed).toBe("1101");
  });

  test("a probe as deep as the model is refused", async () => {
    const run = runArithmetic({ model: doublingModel(2), methods: [diCache({ probeDepth: 2 })], latents: [row(1)] });
    await expect(run).rejects.toMatchObject({ code: "site-missing" });
  });

  test.each([[{ probeDepth: 0 }], [{ relL1Thresh: -1 }], [{ retRatio: 2 }], [{ errorChoice: "dy" }]])(
    "%j is refused",
    (options) => {
      expect(() => diCache(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
    },
  );
});
