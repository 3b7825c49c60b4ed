import { describe, expect, test } from "vitest";
import { fora } from "../../src/engine/cache/methods/fora.js";
import { cutsOf } from "../../src/engine/measure/profile.js";
import { type CacheMethod, compute, reuse } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";
import { masked } from "./masked.js";

const whole: CacheMethod["sites"] = (model) => [model.blocks()];

describe("a span of blocks", () => {
  test("10 → 40; then 11 is 44 computed and 41 reused: the residual is added once", async () => {
    const { outputs, sites } = await runArithmetic({
      model: doublingModel(2),
      methods: [masked("101", whole)],
      latents: [row(10), row(11), row(11)],
    });
    expect(outputs).toEqual([[40], [41], [44]]);
    expect(sites).toContainEqual({ site: "blocks.0-2", kind: "blocks", computed: "101" });
    expect(sites).toContainEqual({ site: "blocks.0.attn", kind: "spatial-attention", computed: "101" });
  });

  test("only the later blocks are reused, the first runs", async () => {
    const { outputs, sites } = await runArithmetic({
      model: doublingModel(3),
      methods: [masked("10", (model) => [model.blocks(1)])],
      latents: [row(8), row(9)],
    });
    expect(outputs).toEqual([[64], [66]]); // 2·9 + (64 − 16)
    expect(sites.map(({ computed }) => computed)).toEqual(["11", "10", "10", "10"]);
  });
});

describe("a sub-layer", () => {
  test("keeps what it wrote, and the merge of today uses it", async () => {
    const { outputs } = await runArithmetic({
      model: doublingModel(1),
      methods: [masked("10", (model) => model.all())],
      latents: [row(10), row(11)],
    });
    expect(outputs).toEqual([[20], [21]]); // 11 + the 10 of before
  });

  test("a forecast is the weighted sum of the kept features, newest first", async () => {
    const extrapolate = masked("110", (model) => model.all(), {
      history: 2,
      start:
        () =>
        ({ step, computed }) =>
          step < 2 ? compute : computed.length === 2 ? { weights: [1.5, -0.5] } : reuse,
    });
    const { outputs, visits } = await runArithmetic({
      model: doublingModel(1),
      methods: [extrapolate],
      latents: [row(1), row(3), row(10)],
    });
    expect(outputs.at(-1)).toEqual([10 + 1.5 * 3 - 0.5 * 1]);
    expect(visits.at(-1)).toMatchObject({ decision: "forecast", weights: [1.5, -0.5] });
  });

  test("one weight that is not 1 counts, and so does a second one beside a 1", async () => {
    const weighed = (weights: readonly number[]) => {
      const start: CacheMethod["start"] =
        () =>
        ({ step }) =>
          step < 2 ? compute : { weights };
      const methods = [masked("", (model) => model.all(), { history: 2, start })];
      return runArithmetic({ model: doublingModel(1), methods, latents: [row(1), row(3), row(10)] });
    };
    expect((await weighed([2])).outputs.at(-1)).toEqual([10 + 2 * 3]);
    expect((await weighed([1, 1])).outputs.at(-1)).toEqual([10 + 3 + 1]);
  });

  test("estimates enter the history only where a method asks for that", async () => {
    const rule: Partial<CacheMethod> = {
      history: 2,
      start:
        () =>
        ({ step, computed }) =>
          step < 2 || computed.length < 2 ? compute : { weights: [2, -1] },
    };
    const latents = [row(1), row(3), row(0), row(0)];
    const run = (keeps: "computed" | "every visit") =>
      runArithmetic({ model: doublingModel(1), methods: [masked("", (m) => m.all(), { ...rule, keeps })], latents });
    expect((await run("computed")).outputs.slice(2)).toEqual([[5], [5]]);
    expect((await run("every visit")).outputs.slice(2)).toEqual([[5], [7]]); // 2·5 − 3
  });

  test.each([
    ["output", (model) => [model.output()]],
    ["guided", (model) => [model.guided()]],
  ] as readonly (readonly [string, CacheMethod["sites"]])[])("so it is with the %s as a whole", async (_, sites) => {
    const start: CacheMethod["start"] =
      () =>
      ({ step, computed }) =>
        step < 2 || computed.length < 2 ? compute : { weights: [2, -1] };
    const run = (keeps: "computed" | "every visit") =>
      runArithmetic({
        model: doublingModel(1),
        methods: [masked("", sites, { history: 2, keeps, start })],
        latents: [row(1), row(3), row(0), row(0)],
      });
    expect((await run("computed")).outputs).toEqual([[2], [6], [10], [10]]);
    expect((await run("every visit")).outputs).toEqual([[2], [6], [10], [14]]);
  });
});

describe("probes", () => {
  test("read once per step, between the first block and the rest", async () => {
    const readings: unknown[] = [];
    const probing: CacheMethod = {
      name: "probing",
      options: {},
      sites: (model) => [model.blocks(1)],
      probes: () => [{ tap: "blocks.0-1", since: "last-compute" }],
      start: () => (visit) => {
        readings.push(visit.readings[0]);
        const { change = 0, magnitude = 1 } = visit.readings[0] ?? {};
        return change / magnitude > 0.25 ? compute : reuse;
      },
    };
    const { outputs } = await runArithmetic({
      model: doublingModel(3),
      methods: [probing],
      latents: [8, 9, 10, 10.5, 12, 13, 14].map((value) => row(value)),
    });
    // The published trace of diffusers' FirstBlockCache on this model, methods.md §1.3.
    expect(outputs.flat()).toEqual([64, 66, 68, 84, 87, 89, 112]);
    expect(readings[0]).toEqual({ change: 1, magnitude: 8, present: 9, rms: 1 });
  });

  test("what a probe is taken against crosses the cut that another probe needs", async () => {
    const probing = (name: string, first: number, tap: string): CacheMethod => ({
      ...masked("11", (model) => [model.blocks(first)], { name }),
      probes: () => [{ tap, since: "last-step" }],
    });
    const { visits } = await runArithmetic({
      model: doublingModel(3),
      methods: [probing("outer", 1, "hidden.1"), probing("inner", 2, "blocks.0-2")],
      latents: [row(1), row(2)],
    });
    const change = (method: string) =>
      visits.filter((one) => one.step === 1 && one.method === method).map(({ readings }) => readings?.[0]?.change);
    expect([change("outer"), change("inner")]).toEqual([[2], [3]]);
  });
});

describe("composition", () => {
  test("nested sites: the inner one is asked only where the outer one is computed", async () => {
    const asked: number[] = [];
    const inner = masked("1010", (model) => model.all(), {
      name: "inner",
      start:
        () =>
        ({ step }) => {
          asked.push(step);
          return compute;
        },
    });
    const { sites } = await runArithmetic({
      model: doublingModel(2),
      methods: [inner, masked("1010", whole, { name: "outer" })],
      latents: [row(1), row(2), row(3), row(4)],
    });
    expect(asked).toEqual([2, 2]);
    expect(sites[0]?.computed).toBe("1010");
  });

  test("two methods at one site are refused by name", async () => {
    const run = runArithmetic({
      model: doublingModel(1),
      methods: [fora(), masked("1", (m) => m.all())],
      latents: [row(1)],
    });
    await expect(run).rejects.toMatchObject({
      code: "site-conflict",
      message: "fora and mask both decide at blocks.0.attn.",
    });
  });

  test("two on spans that cross are refused, and two that touch act beside each other", async () => {
    const on = (first: number, end: number, name: string) =>
      masked("10", (model) => [model.blocks(first, end)], { name });
    const run = (...methods: CacheMethod[]) =>
      runArithmetic({ model: doublingModel(3), methods, latents: [row(1), row(2)] });
    const first = on(0, 2, "first");
    await expect(run(first, on(1, 3, "second"))).rejects.toMatchObject({ code: "site-conflict" });
    for (const methods of [
      [first, on(2, 3, "second")],
      [on(2, 3, "second"), first],
    ]) {
      const { outputs, sites } = await run(...methods);
      expect(outputs).toEqual([[8], [2 + 3 + 4]]); // what the blocks added at 1: 3, and 4
      expect(sites.map(({ computed }) => computed)).toEqual(["10", "10", "10", "10", "10"]);
    }
  });

  test("a method that finds nothing is refused by name", async () => {
    const run = runArithmetic({
      model: doublingModel(1),
      methods: [masked("1", (m) => m.all("temporal-attention"))],
      latents: [row(1)],
    });
    await expect(run).rejects.toMatchObject({ code: "site-missing" });
  });
});

test("what is observed is read in every pass of both branches, and not kept", async () => {
  const { observed, cacheBytes } = await runArithmetic({
    ...{ model: doublingModel(2), methods: [], guidance: 2, observed: ["hidden.1", "blocks.0-2"] },
    latents: [row(1), row(3)],
  });
  expect(observed.map(({ step, branch, tap, data, width }) => [step, branch, tap.id, [...data], width])).toEqual(
    [0, 1].flatMap((step) =>
      ["cond", "uncond"].flatMap((branch) => [
        [step, branch, "hidden.1", [step ? 6 : 2], 1],
        [step, branch, "blocks.0-2", [step ? 9 : 3], 1],
      ]),
    ),
  );
  expect(cacheBytes).toEqual([0, 0]);
});

describe("what a run leaves", () => {
  test("cache bytes are those of the kept features, and none after the run", async () => {
    const { cacheBytes, bytesAfter } = await runArithmetic({
      model: doublingModel(2, 8),
      methods: [masked("10", (model) => model.all())],
      latents: [row(...Array(8).fill(1)), row(...Array(8).fill(2))],
    });
    expect(cacheBytes).toEqual([2 * 8 * 4, 2 * 8 * 4]); // two sites of eight float32
    expect(bytesAfter).toBe(0);
  });

  test("cutting at every site changes no number", async () => {
    const latents = [row(1, 2), row(3, 4), row(5, 7)];
    const model = doublingModel(3, 2);
    const run = (cuts: readonly number[]) =>
      runArithmetic({ model, methods: [masked("101", (m) => m.all())], latents, cuts });
    const [fused, cut] = [await run([]), await run(cutsOf(model.sites))];
    expect(cut.outputs).toEqual(fused.outputs);
    expect(fused.graphs.map((of) => of.length)).toEqual([1, 1, 1]);
    expect(cut.graphs[0]).toHaveLength(cutsOf(model.sites).length - 2); // one piece has no nodes
  });
});
