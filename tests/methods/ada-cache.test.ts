import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Handle } from "../../src/engine/backends/backend.js";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { frameMotion } from "../../src/engine/cache/frame-motion.js";
import { type AdaCacheOptions, adaCache } from "../../src/engine/cache/methods/ada-cache.js";
import { createEngine } from "../../src/engine/index.js";
import { measureCpu } from "../../src/engine/kernels/cpu.js";
import { cutsOf } from "../../src/engine/measure/profile.js";
import { type CacheMethod, compute, type Reading } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";

// arXiv:2411.02397. Decisions of the authors' rule on our recorded runs: tests/reference/ada_cache.py.

const recorded = JSON.parse(readFileSync("tests/fixtures/ada-cache.json", "utf8")) as {
  readonly runs: readonly {
    readonly model: string;
    readonly steps: number;
    readonly codebook: "30-fast";
    readonly readings: Readonly<Record<string, readonly [change: number, magnitude: number]>>;
    readonly computed: string;
  }[];
  readonly moving: readonly {
    readonly clip: readonly number[];
    readonly steps: number;
    readonly codebook: "30-fast";
    readonly moregSteps: readonly [number, number];
    readonly computed: string;
  }[];
};

/** The mask where each computed step but the first was measured as `measure` says, told as long as nothing is newer. */
const maskOf = (options: AdaCacheOptions, steps: number, measure: (step: number) => Reading, forced = -1): string => {
  const decide = adaCache(options).start({ steps, timesteps: [], branch: "cond" });
  let [last, mask] = [0, "1"];
  for (let step = 1; step < steps; step++) {
    const decision = decide({
      ...{ site: latteSites(1).blocks(), branch: "cond", step, steps, timestep: 0, computed: [last], guided: true },
      ...{ readings: [last > 0 ? measure(last) : undefined], forced: step === forced, because: () => undefined },
    });
    mask += decision === compute ? "1" : "0";
    if (decision === compute) last = step;
  }
  return mask;
};

describe("decides as the authors' rule on recorded runs", () => {
  test.each(recorded.runs)("$model, $steps steps, book $codebook", ({ steps, codebook, readings, computed }) => {
    const measure = (step: number): Reading => {
      const [change, magnitude] = readings[step] as [number, number];
      return { change, magnitude, present: 1e9, rms: 1e9 };
    };
    expect(maskOf({ codebook }, steps, measure)).toBe(computed);
  });
});

describe("with motion, decides as the authors' rule on whole tensors", () => {
  const feature = (step: number, [speed, drift, rate]: readonly number[]): Float32Array =>
    Float32Array.from({ length: 24 }, (_, at) => {
      const [f, s, d] = [Math.floor(at / 6), Math.floor(at / 2) % 3, at % 2];
      return Math.sin(0.7 * s + 1.3 * d + ((speed ?? 0) + (drift ?? 0) * step) * f + (rate ?? 0) * step);
    });

  test.each(recorded.moving)("clip $clip, book $codebook, steps $moregSteps", async ({ clip, ...one }) => {
    const model = {
      weights: {},
      inputs: [{ name: "latents", dims: [1, 1, 4, 1, 1] }],
      volume: (_: unknown, x: object) => x,
    };
    const data = new Map<Handle, Float32Array>();
    const motion = frameMotion({ read: async (handle) => data.get(handle) as Float32Array }, model as never);
    const options = { codebook: one.codebook, applyMoreg: true, moregSteps: one.moregSteps } as const;
    const decide = adaCache(options).start({ steps: one.steps, timesteps: [], branch: "cond" });
    let [last, mask] = [0, "1"];
    let readings: readonly (Reading | undefined)[] = [];
    const visit = {
      site: latteSites(1).blocks(),
      branch: "cond",
      steps: one.steps,
      timestep: 0,
      guided: true,
    } as const;
    for (let step = 1; step < one.steps; step++) {
      const decision = decide({ ...visit, step, computed: [last], readings, forced: false, because: () => undefined });
      mask += decision === compute ? "1" : "0";
      if (decision !== compute) continue;
      const now = feature(step, clip);
      const handle = { dims: [1, 12, 2], bytes: 96 };
      data.set(handle, now);
      readings = [measureCpu(now, feature(last, clip)), await motion(handle, "blocks.0-1")];
      last = step;
    }
    expect(mask).toBe(one.computed);
  });

  test("it changes what is decided", () => {
    const masks = new Map(recorded.moving.map(({ computed, codebook, clip }) => [`${codebook} ${clip}`, computed]));
    expect(new Set(masks.values()).size).toBeGreaterThan(5);
  });
});

describe("AdaCache", () => {
  const constant = (options: AdaCacheOptions, change: number, steps = 12, forced?: number) =>
    maskOf({ lastSteps: 0, ...options }, steps, () => ({ change, magnitude: 1, present: 9, rms: 9 }), forced);
  const book = [
    [0.1, 4],
    [0.4, 2],
    [1, 1],
  ] as const;

  test("the change per step of the wait chooses the next wait, below each bound and not at it", () => {
    expect(constant({ codebook: book }, 0.09)).toBe("110001000100");
    expect(constant({ codebook: book }, 0.1)).toBe("110100010001"); // 2 steps, then .05 each
    expect(constant({ codebook: book }, 0.4)).toBe("111111111111");
    expect(constant({ codebook: book }, 0.39)).toBe("110101010101"); // .39, .195 …
    expect(constant({ codebook: book }, 7)).toBe("111111111111"); // beyond the last bound
    expect(constant({}, 0)).toBe("110000010000");
    expect(constant({ codebook: "30-slow" }, 0)).toBe("110010010010");
    expect(constant({ codebook: "100" }, 0, 15)).toBe("110000000000010");
  });

  test("the last steps are computed, and a step that a guard computes begins the wait anew", () => {
    expect(constant({ lastSteps: 2 }, 0)).toBe("110000010011");
    expect(constant({ lastSteps: 2 }, 0, 3)).toBe("111");
    expect(constant({}, 0, 12, 4)).toBe("110010000010");
  });

  test("reads the middle block where all are computed, in one graph, and nothing in between", async () => {
    const { visits, graphs, outputs, cacheBytes } = await runArithmetic({
      model: doublingModel(3),
      methods: [adaCache({ codebook: [[9, 3]], lastSteps: 0 })],
      latents: [8, 10, 13, 20, 25, 30].map((value) => row(value)),
    });
    // Three blocks make 8x of x; the middle one adds 2x.
    expect(outputs.flat()).toEqual([64, 80, 13 + 70, 20 + 70, 200, 30 + 175]);
    const first = { change: 4, magnitude: 16, present: 20, rms: 4 };
    const readings = visits.map((visit) => visit.readings?.[0]);
    expect(readings).toEqual([null, null, first, first, first, { change: 30, magnitude: 20, present: 50, rms: 30 }]);
    expect(graphs.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 1]);
    const tapped = graphs.map(([graph]) => graph?.outputs.some(({ name }) => name === "tap blocks.1-2"));
    expect(tapped).toEqual([true, true, false, false, true, false]);
    expect(cacheBytes).toEqual(cacheBytes.map(() => 8)); // the stack's residual, and the older self
    expect(visits[2]?.reasons).toEqual({ change: 0.25, wait: 3 });
    expect(visits[5]?.reasons).toEqual({ change: 0.5, wait: 3 });
  });

  test("timed part by part it reads the same; the branch without text follows unread", async () => {
    const model = doublingModel(3);
    const run = (cuts: readonly number[]) =>
      runArithmetic({
        ...{ model, methods: [adaCache({ codebook: book, lastSteps: 0 })], cuts, guidance: 2 },
        latents: [8, 10, 10.5, 11, 11, 12, 13].map((value) => row(value)),
        text: { cond: row(1), uncond: row(2) },
      });
    const [whole, parts] = [await run([]), await run(cutsOf(model.sites))];
    expect(parts.outputs).toEqual(whole.outputs);
    expect(parts.visits.map(({ readings }) => readings)).toEqual(whole.visits.map(({ readings }) => readings));
    const of = (branch: string) => whole.visits.filter((one) => one.branch === branch).map(({ decision }) => decision);
    expect(of("cond")).toContain("reuse");
    expect(of("uncond")).toEqual(of("cond"));
    expect(whole.cacheBytes.at(-1)).toBe(12);
  });

  test("a wait of one step is the uncached run, bit for bit", async () => {
    const latents = [1, 3, 4, 8].map((value) => row(value));
    const run = (methods: readonly CacheMethod[]) => runArithmetic({ model: doublingModel(2), methods, latents });
    const [plain, cached] = [await run([]), await run([adaCache({ codebook: [[1, 1]] })])];
    expect(cached.outputs).toEqual(plain.outputs);
    expect(cached.bytesAfter).toBe(0);
  });

  test("motion costs one reading more, in computed steps alone, and keeps nothing", async () => {
    const engine = await createEngine({ model: "site/public/models/latte-motion-nano", backend: "wasm" });
    const run = async (options: AdaCacheOptions) =>
      (
        await engine.generate({
          steps: 6,
          guidance: 1,
          cache: [adaCache({ codebook: [[9, 2]], lastSteps: 0, ...options })],
        })
      ).trace;
    const [plain, moving] = [await run({}), await run({ applyMoreg: true, moregSteps: [1, 6] })];
    await engine.dispose();
    expect(moving.totals.bytes.peak.cache).toBe(plain.totals.bytes.peak.cache);
    const told = moving.visits.map(({ readings }) => readings);
    const [first, second] = [told[1], told[2]] as [unknown[], [Reading, Reading]];
    expect(first[0]).toBeNull(); // there is no older self yet, but there are frames
    expect(first[1]).toMatchObject({ magnitude: expect.any(Number) });
    expect(second[0]).toEqual(plain.visits[2]?.readings?.[0]);
    const { change, magnitude, present } = second[1];
    expect(change / (magnitude + present)).toBeGreaterThan(0);
    expect(change / (magnitude + present)).toBeLessThan(1);
    const { motion = 0, change: counted = 0 } = (moving.visits[2]?.reasons ?? {}) as Record<string, number>;
    expect(counted / motion).toBeCloseTo(plain.visits[2]?.reasons?.change as number, 9);
    const moves = (change / (magnitude + present) / 0.385) ** 8;
    expect(motion).toBeCloseTo(moves + 10 * Math.abs(moves - 1), 9);
  });

  test("a single frame does not move, and rows that are no frames are refused", async () => {
    const run = (frames: number) =>
      frameMotion({ read: async () => new Float32Array(14) }, {
        ...{
          weights: {},
          inputs: [{ name: "latents", dims: [1, 1, frames, 1, 1] }],
          volume: (_: unknown, x: object) => x,
        },
      } as never)({ dims: [1, 7, 2], bytes: 56 }, "blocks.0-1");
    expect(await run(1)).toBeUndefined();
    await expect(run(2)).rejects.toMatchObject({ code: "site-missing" });
  });

  test("a block of one's own is measured, and one that is not there is refused", async () => {
    const run = (block: number) =>
      runArithmetic({ model: doublingModel(2), methods: [adaCache({ block })], latents: [row(1), row(2)] });
    expect((await run(0)).graphs.flat().flatMap(({ outputs }) => outputs.map(({ name }) => name))).toContain(
      "tap blocks.0-1",
    );
    await expect(run(2)).rejects.toMatchObject({ code: "site-missing" });
  });

  test.each([
    [{ codebook: "fast" }],
    [{ codebook: [] }],
    [{ codebook: [[0.1, 0]] }],
    [{ codebook: [[0, 2]] }],
    [{ codebook: [[0.1, 1.5]] }],
    [
      {
        codebook: [
          [0.2, 2],
          [0.2, 1],
        ],
      },
    ], // prettier-ignore
    [{ codebook: [[0.2]] }],
    [{ codebook: null }],
    [{ block: -1 }],
    [{ lastSteps: 0.5 }],
    [{ applyMoreg: 1 }],
    [{ moregSteps: [-1, 4] }],
    [{ moregSteps: [3] }],
    [{ moregSteps: "all" }],
  ])("%j is refused", (options) => {
    expect(() => adaCache(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });
});
