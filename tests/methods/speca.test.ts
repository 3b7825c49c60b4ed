import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { taylorWeights } from "../../src/engine/cache/forecast.js";
import { type SpecaOptions, speca } from "../../src/engine/cache/methods/speca.js";
import { cutsOf } from "../../src/engine/measure/profile.js";
import { type CacheMethod, compute } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";

// arXiv:2509.11628. Decisions of the reference on our recorded runs: tests/reference/speca.py.

const recorded = JSON.parse(readFileSync("tests/fixtures/speca.json", "utf8")) as {
  readonly runs: readonly {
    readonly model: string;
    readonly steps: number;
    readonly options: SpecaOptions;
    readonly errors: Readonly<Record<string, number>>;
    readonly computed: string;
    readonly verified: string;
  }[];
};

/** Decisions at one site where every forecast is off by `errorOf` its step, verified or not. */
const decisions = (method: CacheMethod, steps: number, errorOf: (step: number) => number, forced = -1) => {
  const decide = method.start({ steps, timesteps: [], branch: "cond" });
  let [computed, mask, verified] = [[0], "1", "0"];
  for (let step = 1; step < steps; step++) {
    const change = errorOf(step - 1);
    const decision = decide({
      ...{ site: latteSites(1).all()[0] as never, branch: "cond", step, steps, timestep: 0, computed, guided: true },
      ...{
        readings: [{ change, magnitude: 2, present: 1, rms: 0 }],
        forced: step === forced,
        because: () => undefined,
      },
    });
    mask += decision === compute ? "1" : "0";
    verified += decision !== compute && decision.verify ? "1" : "0";
    if (decision === compute) computed = [step, ...computed].slice(0, method.history ?? 1);
    else expect(decision.weights).toHaveLength(computed.length);
  }
  return { mask, verified };
};

describe("decides as the reference on recorded runs", () => {
  test.each(recorded.runs)("$model, $steps steps, $options", ({ steps, options, errors, computed, verified }) => {
    // Errors where the reference looks at none are larger than any threshold.
    const found = decisions(speca(options), steps, (step) => errors[step] ?? 1e9);
    expect(found).toEqual({ mask: computed, verified });
    expect(verified).toContain("1");
  });
});

describe("SpeCa", () => {
  test("computes the first step, where there is nothing to forecast from", () => {
    const decide = speca().start({ steps: 4, timesteps: [], branch: "cond" });
    const site = latteSites(1).all()[0] as never;
    const first = { site, branch: "cond", step: 0, steps: 4, timestep: 0, computed: [], guided: true } as const;
    expect(decide({ ...first, readings: [], forced: false, because: () => undefined })).toBe(compute);
  });

  const masks = (options: SpecaOptions, error: number, steps = 12, forced?: number) =>
    decisions(speca(options), steps, () => error, forced);

  test("forecasts behind every computed step, and computes at the latest after so many forecasts", () => {
    expect(masks({}, 0).mask).toBe("101000000001");
    expect(masks({ maxTaylorSteps: 2 }, 0).mask).toBe("101001001001");
    expect(masks({ maxTaylorSteps: 1 }, 9).mask).toBe("101010101010");
    expect(masks({ firstEnhance: 6, maxTaylorSteps: 3 }, 0).mask).toBe("101010001000");
    expect(masks({ firstEnhance: 0, maxTaylorSteps: 3 }, 0).mask).toBe("100010001000");
  });

  test("verifies once enough forecasts lie behind, and computes the step after one that was off", () => {
    expect(masks({}, 9)).toEqual({ mask: "101000100010", verified: "000001000100" });
    expect(masks({ minTaylorSteps: 1 }, 9)).toEqual({ mask: "101001001001", verified: "000010010010" });
    expect(masks({ minTaylorSteps: 3 }, 9)).toEqual({ mask: "101000010000", verified: "000000100001" });
  });

  test("an error of exactly the threshold passes; the threshold falls over the run, to a floor", () => {
    const flat = { baseThreshold: 0.5, decayRate: 1, minTaylorSteps: 1, maxTaylorSteps: 20 };
    expect(masks(flat, 0.5).mask).toBe("101000000000");
    expect(masks(flat, 0.501).mask).toBe("101001001001");
    // 0.5 · 0.01^(i / 12) at steps 5 and 6: .073, .05.
    const falling = { ...flat, decayRate: 0.01, minThreshold: 0 };
    expect(masks(falling, 0.06).mask).toBe("101000100100");
    expect(masks({ ...falling, minThreshold: 0.06 }, 0.06).mask).toBe("101000000000");
  });

  test("a step that a guard computes counts as computed", () => {
    expect(masks({}, 0, 12, 5).mask).toBe("101001000000");
    expect(masks({}, 9, 12, 5)).toEqual({ mask: "101001000100", verified: "000000001000" });
  });

  test("0 forecasts are the uncached run, bit for bit", async () => {
    const latents = [1, 3, 4, 8, 9, 11].map((value) => row(value));
    const run = (methods: readonly CacheMethod[]) => runArithmetic({ model: doublingModel(3), methods, latents });
    const [plain, cached] = [await run([]), await run([speca({ maxTaylorSteps: 0 })])];
    expect(cached.outputs).toEqual(plain.outputs);
    expect(cached.bytesAfter).toBe(0);
  });

  test("compares the last block, computed on its input, with what forecasts make of it; the forecast is taken", async () => {
    const values = [1, 3, 4, 8, 9, 11, 12, 20];
    const { outputs, visits, graphs } = await runArithmetic({
      model: doublingModel(2),
      methods: [speca({ minTaylorSteps: 1, baseThreshold: 9, maxTaylorSteps: 9 })],
      latents: values.map((value) => row(value)),
    });
    // Sub-layers give x and 2x. From steps 0 and 2 (1 and 4) the line at step s is 4 + 1.5 (s − 2), for the second twice.
    const line = (step: number): number => 4 + 1.5 * (step - 2);
    for (const step of [3, 4, 5, 6, 7]) expect(outputs[step]).toEqual([(values[step] as number) + 3 * line(step)]);
    for (const step of [4, 5, 6]) {
      const [reading] = visits.find((one) => one.step === step + 1)?.readings ?? [];
      const [present, magnitude] = [(values[step] as number) + line(step), 2 * line(step)];
      const change = Math.abs(present - magnitude);
      expect(reading).toEqual({ present, magnitude, change, rms: change });
    }
    const readings = (step: number) => visits.find((one) => one.step === step)?.readings;
    expect([1, 2, 3, 4].map(readings)).toEqual([[null], [null], [null], [null]]);
    expect(graphs.map(({ length }) => length)).toEqual(values.map(() => 1)); // one graph a step, verified or not
    expect(graphs.map(([graph]) => graph?.outputs.some(({ name }) => name === "computed blocks.1-2"))).toEqual(
      [0, 0, 0, 0, 1, 1, 1, 1].map(Boolean),
    );
  });

  test("timed part by part, and beside guidance, it decides the same; the branch without text follows unread", async () => {
    const model = doublingModel(2);
    const run = (cuts: readonly number[]) =>
      runArithmetic({
        ...{ model, methods: [speca({ minTaylorSteps: 1 })], cuts, guidance: 2 },
        latents: [1, 3, 4, 8, 9, 11, 12, 20].map((value) => row(value)),
        text: { cond: row(1), uncond: row(2) },
      });
    const [whole, parts] = [await run([]), await run(cutsOf(model.sites))];
    expect(parts.outputs).toEqual(whole.outputs);
    expect(parts.visits.map(({ readings }) => readings)).toEqual(whole.visits.map(({ readings }) => readings));
    const of = (branch: string) => whole.visits.filter((one) => one.branch === branch).map(({ decision }) => decision);
    expect(of("uncond")).toEqual(of("cond"));
    const beside = whole.graphs.flat().filter(({ outputs }) => outputs.some(({ name }) => name.startsWith("computed")));
    expect(beside).toHaveLength(whole.graphs.filter(([first]) => beside.includes(first as never)).length);
    expect(beside.length).toBeGreaterThan(0);
  });

  test("forecasts as TaylorSeer does, without differences among the first steps", () => {
    const decide = speca({ maxOrder: 2, firstEnhance: 4 }).start({ steps: 9, timesteps: [], branch: "cond" });
    const decision = decide({
      ...{ site: latteSites(1).all()[0] as never, branch: "cond", step: 5, steps: 9, timestep: 0, guided: true },
      ...{ computed: [4, 2, 0], readings: [undefined], forced: false, because: () => undefined },
    });
    expect(decision).toEqual({ weights: taylorWeights([4, 2, 0], 5, 2, 3) });
    expect(decision).not.toEqual({ weights: taylorWeights([4, 2, 0], 5, 2) });
  });

  test.each([
    [{ baseThreshold: -1 }],
    [{ decayRate: 1.5 }],
    [{ minThreshold: -0.1 }],
    [{ minTaylorSteps: 0 }],
    [{ maxTaylorSteps: -1 }],
    [{ firstEnhance: 0.5 }],
    [{ maxOrder: 17 }],
    [{ sites: [] }],
    [{ sites: ["output"] }],
  ])("%j is refused", (options) => {
    expect(() => speca(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  test("an option it does not have is refused by name", () => {
    expect(() => speca({ threshold: 1 } as object)).toThrow(expect.objectContaining({ code: "option-unknown" }));
  });

  test("only blocks can be verified", async () => {
    const method: CacheMethod = { ...speca(), probes: () => [{ tap: "hidden.1", since: "estimate" }] };
    const run = runArithmetic({ model: doublingModel(2), methods: [method], latents: [row(1)] });
    await expect(run).rejects.toMatchObject({ code: "site-missing", message: expect.stringContaining("hidden.1") });
  });
});
