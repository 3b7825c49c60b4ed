import { describe, expect, it } from "vitest";
import { methodFromName } from "../../src/engine/cache/methods/index.js";
import { EngineError } from "../../src/engine/errors.js";
import { type BenchOptions, type BenchProgress, bench } from "../../src/engine/measure/bench.js";
import type { BenchReport } from "../../src/engine/measure/bench-report.js";
import { type Stated, statedEngine } from "../run/stated-engine.js";

// What the table makes of its runs, on an engine whose times are stated; tests/measure/bench.test.ts makes it on a real one.

const profile = { passMs: 10, outsideMs: 0, siteMs: {}, blockMs: [] };
const row = (name: string, options: Record<string, unknown> = {}) => ({
  name,
  options,
  cache: [methodFromName(name, options)],
});
const visits = [
  { site: "output", decision: "compute" },
  { site: "output", decision: "compute" },
  { site: "output", decision: "reuse" },
] as const;

/** 100, 110, 120 ms uncached by the seed; FORA half of it; the mask .53 of it; textkv as long. */
const times: Record<string, number> = { fora: 0.5, mask: 0.53, textkv: 1 };
const stated = (change: (name: string, seed: number) => Partial<Stated> = () => ({}), all = 20) =>
  statedEngine(
    ({ cache = [], seed = 0, steps }) => {
      const name = cache[0]?.name ?? "";
      const uncached = 100 + 10 * seed;
      return {
        ms: name ? uncached * (times[name] as number) : (uncached * steps) / all,
        pixel: name === "fora" ? 0.2 : steps < all ? 0.02 : 0,
        peak: { cache: name ? 10 + seed : 0, weights: 7, activations: 5 - seed, workspace: seed },
        visits: name ? visits : [],
        ...change(name, seed),
      };
    },
    { profile },
  );
const request = (more: Partial<BenchOptions> = {}): BenchOptions => ({
  methods: [row("fora"), row("mask", { every: 2 }), row("textkv")],
  repeats: 3,
  machine: "a test",
  ...more,
});
const rowOf = (report: BenchReport, name: string) => report.rows.find(({ method }) => method === name);

describe("the rows of a table", () => {
  it("pair every run with an uncached one of its seed, and have fewer steps of the same time", async () => {
    const { engine, asked } = stated();
    const report = await bench(engine, request());
    expect(report).toMatchObject({
      complete: true,
      settings: { prompt: "a ring", seed: 0, steps: 20, guidance: 2, repeats: 3 },
      leftOut: {},
    });
    const off = {
      ...{ psnr: 20, ssim: expect.closeTo(0.9836, 3), maxError: 0.1, wrong: ["shape"], latentDrift: 0.2 },
      ...{ msSsim: expect.closeTo(0.9836, 3), msSsimScales: 1, flip: expect.closeTo(0.285, 3) }, // one frame: nothing in time
    };
    expect(rowOf(report, "fora")).toEqual({
      ...{ kind: "cached", method: "fora", options: {}, steps: 20, sameTimeAs: [] },
      bytes: { weights: 7, activations: 5, cache: 12, workspace: 2 },
      runs: [0, 1, 2].map((seed) => ({
        ...{ seed, ms: 50 + 5 * seed, uncachedMs: 100 + 10 * seed },
        ...{ skipped: 0.333333, ideal: 1.02564, ...off }, // 400 ms of passes, 10 of them saved
      })),
    });
    // 10 and 11 steps take as long as FORA and the mask; DDIM leaves noise at 11, so both stand beside 10.
    const fewer = report.rows.filter(({ kind }) => kind === "fewer-steps");
    expect(fewer.map(({ method, steps, sameTimeAs }) => [method, steps, sameTimeAs])).toEqual([
      ["fewer steps, 10", 10, ["fora", "mask"]],
    ]);
    expect(fewer[0]?.runs.map(({ ms, ideal, skipped, psnr }) => [ms, ideal, skipped, psnr])).toEqual(
      [50, 55, 60].map((ms) => [ms, 2, 0, 40]),
    );
    expect(rowOf(report, "no cache")?.runs).toEqual(
      [0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 1, 2].map((seed) => ({
        ...{ seed, ms: 100 + 10 * seed, uncachedMs: 100 + 10 * seed, ideal: 1, skipped: 0 },
        ...{ psnr: Number.POSITIVE_INFINITY, ssim: 1, maxError: 0, wrong: [] },
        ...{ msSsim: 1, msSsimScales: 1, flip: 0, latentDrift: 0 },
      })),
    );
    expect(rowOf(report, "no cache")?.bytes).toEqual({ weights: 7, activations: 5, cache: 0, workspace: 2 });
    // Warm-up; then by repeat and row, each row warmed up once; then the search for numbers of steps, and its rows.
    const order = asked.map(({ cache, seed, steps }) => `${cache?.[0]?.name ?? steps} ${seed}`);
    const pair = (name: string, seed: number) => [`20 ${seed}`, `${name} ${seed}`];
    expect(order).toEqual([
      "20 0",
      ...["fora", "mask", "textkv"].flatMap((name) => [`${name} 0`, ...pair(name, 0)]),
      ...[1, 2].flatMap((seed) => ["fora", "mask", "textkv"].flatMap((name) => pair(name, seed))),
      ...["10 0", "11 0"],
      ...[0, 1, 2].flatMap((seed) => pair("10", seed)),
    ]);
  });

  it("are told of after every counted run, as far as they are, and those of fewer steps stand most steps first", async () => {
    const { engine } = stated((name) => (name === "mask" ? { ms: 25 } : {}));
    const told: (readonly [string, number])[][] = [];
    const report = await bench(engine, {
      ...request({ methods: [row("mask"), row("fora")], repeats: 1 }),
      onReport: ({ rows, complete }) => {
        expect(complete).toBe(false);
        told.push(rows.map(({ method, runs }) => [method, runs.length]));
      },
    });
    expect(told.slice(0, 2)).toEqual([
      [
        ["no cache", 1],
        ["mask", 1],
      ],
      [
        ["no cache", 2],
        ["mask", 1],
        ["fora", 1],
      ],
    ]); // prettier-ignore
    expect(told).toHaveLength(4);
    expect(report.rows.slice(3).map(({ steps, sameTimeAs }) => [steps, sameTimeAs])).toEqual([
      [10, ["fora"]],
      [5, ["mask"]],
    ]);
  });

  it("are of a lawful number of repeats, and of one method at least", async () => {
    const { engine } = stated();
    for (const repeats of [0, -1, 1.5, Number.NaN])
      await expect(bench(engine, request({ repeats }))).rejects.toMatchObject({ code: "input-invalid" });
    await expect(bench(engine, request({ methods: [] }))).rejects.toMatchObject({ code: "input-invalid", hint: "" });
    await expect(bench(engine, request({ methods: [], leftOut: { pab: "no preset" } }))).rejects.toMatchObject({
      hint: "pab: no preset",
    });
  });

  it("are told apart by a number where a name comes twice", async () => {
    const { engine } = stated();
    const report = await bench(engine, request({ methods: [row("fora"), row("fora"), row("fora")], repeats: 1 }));
    expect(report.rows.slice(0, 4).map(({ method }) => method)).toEqual(["no cache", "fora", "fora (2)", "fora (3)"]);
    expect(report.rows.at(-1)?.sameTimeAs).toEqual(["fora", "fora (2)", "fora (3)"]);
  });

  it("begin with the seed that is asked for, and from tensors have neither seed nor words", async () => {
    const { engine, asked } = stated();
    const seeded = await bench(
      engine,
      request({ methods: [row("textkv")], seed: 1, repeats: 2, guidance: 3, prompt: "b" }),
    ); // prettier-ignore
    expect(rowOf(seeded, "textkv")?.runs.map(({ seed, ms }) => [seed, ms])).toEqual([
      [1, 110],
      [2, 120],
    ]);
    expect(asked.every(({ guidance, prompt }) => guidance === 3 && prompt === "b")).toBe(true);
    const inputs = { noise: { dims: [1], data: new Float32Array(1) }, cond: {} };
    asked.length = 0;
    const tensors = await bench(engine, request({ methods: [row("fora")], inputs, repeats: 1 }));
    expect(asked.every((one) => one.inputs === inputs && !("seed" in one) && !("prompt" in one))).toBe(true);
    expect(tensors.settings.prompt).toBe("");
    expect(tensors.rows.map(({ runs }) => runs[0]?.wrong)).toEqual([null, null, null]);
  });

  it("take six digits of what a clock gives", async () => {
    const { engine } = stated(() => ({ ms: 100 / 3 }));
    const report = await bench(engine, request({ methods: [row("fora")], repeats: 1 }));
    expect(rowOf(report, "fora")?.runs[0]).toMatchObject({ ms: 33.3333, uncachedMs: 33.3333, maxError: 0.1 });
  });
});

describe("a method that fails", () => {
  const failing = (error: Error) =>
    stated((name, seed) => {
      if (name === "mask" && seed === 1) throw error;
      return {};
    });

  it("in the middle has no row and no row of fewer steps, and the others go on", async () => {
    const { engine, asked } = failing(new EngineError("site-missing", "gone"));
    const { rows, leftOut } = await bench(engine, request({ leftOut: { pab: "no preset" } }));
    expect(rows.map(({ method, runs }) => [method, runs.length])).toEqual([
      ["no cache", 10], // one of them beside the failed row's first run
      ["fora", 3],
      ["textkv", 3],
      ["fewer steps, 10", 3],
    ]);
    expect(rows.at(-1)?.sameTimeAs).toEqual(["fora"]);
    expect(leftOut).toEqual({ pab: "no preset", mask: "gone" });
    expect(asked.filter(({ cache }) => cache?.[0]?.name === "mask")).toHaveLength(3);
  });

  it.each(["stopped", "disposed", "device-lost", "out-of-memory"] as const)("with %s ends the table", async (code) => {
    const error = new EngineError(code, "over");
    await expect(bench(failing(error).engine, request())).rejects.toBe(error);
  });

  it("ends the table where it is required", async () => {
    const error = new EngineError("site-missing", "gone");
    await expect(bench(failing(error).engine, request({ required: true }))).rejects.toBe(error);
  });

  it("with all others leaves no table, and every reason", async () => {
    const { engine } = stated((name) => {
      if (name) throw new TypeError(`${name} is broken`);
      return {};
    });
    await expect(bench(engine, request())).rejects.toMatchObject({
      code: "input-invalid",
      hint: "fora: fora is broken mask: mask is broken textkv: textkv is broken",
    });
  });
});

describe("progress", () => {
  const progressOf = async ({ engine }: ReturnType<typeof stated>) => {
    const told: BenchProgress[] = [];
    await bench(engine, request({ repeats: 2, steps: 6, onProgress: (progress) => told.push(progress) }));
    for (const [at, { share, leftMs }] of told.entries()) {
      expect(share).toBeGreaterThanOrEqual(told[at - 1]?.share ?? 0);
      expect(leftMs).toBeGreaterThanOrEqual(0);
    }
    expect(told.at(-1)).toMatchObject({ share: 1, leftMs: 0 });
    return told;
  };

  it("says row, repeat, and the share of all runs, which only grows and ends at 1", async () => {
    const told = await progressOf(stated(undefined, 6));
    const places = told.map(({ name, repeat, row, rows }) => `${name} ${repeat} ${row}/${rows}`);
    expect(places.filter((place, at) => place !== places[at - 1])).toEqual([
      "no cache 0 0/3",
      ...["fora 0 1/3", "fora 1 1/3", "mask 0 2/3", "mask 1 2/3", "textkv 0 3/3", "textkv 1 3/3"],
      ...["fora 2 1/3", "mask 2 2/3", "textkv 2 3/3"],
      "fewer steps 0 3/3",
      ...["fewer steps, 3 1 4/4", "fewer steps, 3 2 4/4"],
    ]);
    // Of each run the moment before its first step. Two rows of fewer steps are guessed, a third of the steps.
    const shares = told.map(({ share }) => share);
    for (let run = 0; run < 16; run++) expect(shares).toContain(run / 26);
    for (const done of [17, 18, 19, 20, 21]) expect(shares).toContain(done / 21);
    expect(shares).toContain((4 + 1 / 6) / 26);
  });

  it("counts what a failed method does not run as done", async () => {
    const told = await progressOf(
      stated((name, seed) => {
        if (name === "mask" && seed === 1) throw new EngineError("site-missing", "gone");
        return {};
      }, 6),
    );
    // In its second repeat, after 1 + 9 + 2 runs and an uncached one; textkv goes on at 14.
    expect(told.find(({ name, repeat }) => name === "textkv" && repeat === 2)?.share).toBe(14 / 26);
    const early = await progressOf(
      stated((name) => {
        if (name === "fora") throw new EngineError("site-missing", "gone");
        return {};
      }, 6),
    );
    expect(early.find(({ name }) => name === "mask")?.share).toBe(6 / 26);
  });
});
