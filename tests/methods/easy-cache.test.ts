import { describe, expect, test } from "vitest";
import { easyCache } from "../../src/engine/cache/methods/easy-cache.js";
import { lazyCache } from "../../src/engine/cache/methods/lazy-cache.js";
import { productModel, row, runArithmetic } from "../arithmetic-model.js";
import { uniform } from "../numbers.js";

// arXiv:2507.02860. dx/dt = −x(1 + 0.05 i), dt 0.1, 16 steps, 3 of them computed at the start, threshold 0.4.

const decay = {
  model: productModel(),
  latents: Array.from({ length: 16 }, () => row(1)),
  timesteps: Array.from({ length: 16 }, (_, step) => -(1 + 0.05 * step)),
  next: ([x]: readonly number[], [v]: readonly number[]) => [(x as number) + 0.1 * (v as number)],
};
const maskOf = async (run: Parameters<typeof runArithmetic>[0]) =>
  (await runArithmetic(run)).sites.find(({ kind }) => kind === "output" || kind === "guided")?.computed;

describe("EasyCache", () => {
  test.each([
    ["previous", "1110000010001001"],
    ["lastComputed", "1110001001001001"],
  ] as const)("input reference %s", async (inputReference, mask) => {
    const method = easyCache({ threshold: 0.4, retSteps: 3, inputReference });
    expect(await maskOf({ ...decay, methods: [method] })).toBe(mask);
  });

  test("a reused step is latents + (prediction − latents) of the last computed one", async () => {
    const { outputs } = await runArithmetic({
      model: productModel(),
      methods: [easyCache({ threshold: 100, retSteps: 2 })],
      latents: [row(1), row(2), row(5), row(6)],
      timesteps: [3, 3, 3, 3],
    });
    expect(outputs).toEqual([[3], [6], [9], [18]]); // 5 + (6 − 2); the last step is computed
  });

  test("an estimate of exactly the threshold is computed", async () => {
    const latents = [row(1), row(2), row(2.5), row(3)]; // 3 · 0.5 / 6 = 0.25
    const run = { model: productModel(), latents, timesteps: [3, 3, 3, 3] };
    expect(await maskOf({ ...run, methods: [easyCache({ threshold: 0.25, retSteps: 2 })] })).toBe("1111");
    expect(await maskOf({ ...run, methods: [easyCache({ threshold: 0.26, retSteps: 2 })] })).toBe("1101");
  });

  test("a prediction that stays 0 has not changed, and the trace holds numbers", async () => {
    const run = { model: productModel(), latents: [1, 2, 3, 4, 5].map((one) => row(one)), timesteps: [0, 0, 0, 0, 0] };
    const { sites, visits } = await runArithmetic({ ...run, methods: [easyCache({ retSteps: 2 })] });
    expect(sites.find(({ kind }) => kind === "output")?.computed).toBe("11001");
    expect(JSON.stringify(visits.map(({ reasons }) => reasons ?? {}))).not.toContain("null");
  });

  test("threshold 0 is the uncached run, bit for bit", async () => {
    const plain = await runArithmetic({ ...decay, methods: [] });
    const cached = await runArithmetic({ ...decay, methods: [easyCache({ threshold: 0 })] });
    expect(cached.outputs).toEqual(plain.outputs);
    expect(cached.bytesAfter).toBe(0);
  });

  test("both branches follow the conditional one, and each keeps its own difference", async () => {
    const { visits, outputs } = await runArithmetic({
      model: productModel(),
      methods: [easyCache({ threshold: 100, retSteps: 2 })],
      latents: [row(1), row(2), row(4), row(5)],
      timesteps: [3, 3, 3, 3],
      guidance: 2,
      text: { cond: row(0), uncond: row(1) },
    });
    const decisions = (branch: string) => visits.filter((one) => one.branch === branch).map(({ decision }) => decision);
    expect(decisions("cond")).toEqual(["compute", "compute", "reuse", "compute"]);
    expect(decisions("uncond")).toEqual(decisions("cond"));
    expect(outputs[2]).toEqual([2 * (4 + (6 - 2)) - (4 + (7 - 2))]);
  });

  test("says in the trace what it compared", async () => {
    const { visits } = await runArithmetic({ ...decay, methods: [easyCache({ threshold: 0.4, retSteps: 3 })] });
    expect(visits[3]?.reasons).toMatchObject({ threshold: 0.4 });
    expect(visits[3]?.reasons?.accumulated).toBeLessThan(0.4);
    expect(visits[8]?.reasons?.accumulated).toBeGreaterThanOrEqual(0.4);
  });

  test.each([[{ threshold: -1 }], [{ retSteps: 0 }], [{ inputReference: "both" }]])("%j is refused", (options) => {
    expect(() => easyCache(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});

/** The authors' loop, in plain numbers; ComfyUI's LazyCache measures k from step `from` on. */
const port = (
  xs: readonly number[][],
  predict: (x: readonly number[], step: number) => number[],
  threshold: number,
  ret: number,
  from = 0,
) => {
  const mean = (a: readonly number[], b?: readonly number[]): number =>
    a.reduce((sum, value, index) => sum + Math.abs(value - (b?.[index] ?? 0)), 0) / a.length;
  let [k, error, mask] = [undefined as number | undefined, 0, ""];
  let [previous, atCompute, v] = [undefined, undefined, undefined] as (number[] | undefined)[];
  for (const [step, x] of xs.entries()) {
    let skip = false;
    if (step < ret || step >= xs.length - 1) error = 0;
    else if (k !== undefined) {
      error += (k * mean(x, previous)) / mean(v as number[]);
      skip = error < threshold;
      if (!skip) error = 0;
    }
    previous = x;
    mask += skip ? "0" : "1";
    if (skip) continue;
    const now = predict(x, step);
    if (v && atCompute && step >= from) k = mean(now, v) / mean(x, atCompute);
    [v, atCompute] = [now, x];
  }
  return mask;
};

describe("against the authors' loop", () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))("random latents, seed %i", async (seed) => {
    const random = uniform(seed);
    const steps = 12;
    let x = Array.from({ length: 4 }, () => 2 * random() - 1);
    const latents = Array.from({ length: steps }, () => {
      x = x.map((value) => Math.fround(value + 0.2 * (random() - 0.5)));
      return x;
    });
    const timesteps = Array.from({ length: steps }, (_, step) => 1 + 0.1 * step);
    const [threshold, retSteps] = [0.05 + 0.5 * random(), 2 + Math.floor(3 * random())];
    const run = { model: productModel(4), latents: latents.map((one) => row(...one)), timesteps };
    const predict = (one: readonly number[], step: number) => one.map((value) => value * (timesteps[step] as number));
    const expected = port(latents, predict, threshold, retSteps);
    expect(expected).toContain("0");
    expect(await maskOf({ ...run, methods: [easyCache({ threshold, retSteps })] })).toBe(expected);
    // Without guidance the guided prediction is the conditional one.
    const lazy = port(latents, predict, threshold, retSteps, retSteps);
    expect(await maskOf({ ...run, methods: [lazyCache({ threshold, retSteps })] })).toBe(lazy);
  });
});
