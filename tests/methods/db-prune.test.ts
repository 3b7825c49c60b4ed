import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DbPruneOptions, dbPrune } from "../../src/engine/cache/methods/db-prune.js";
import { type CacheMethod, compute } from "../../src/engine/method.js";
import { doublingModel, row, runArithmetic } from "../arithmetic-model.js";

// cache-dit 1.5.3 has run all of this: tests/reference/db_prune.py.

const reference = JSON.parse(readFileSync("tests/fixtures/db-prune.json", "utf8")) as {
  readonly runs: readonly {
    readonly inputs: readonly number[];
    readonly options: DbPruneOptions;
    readonly computed: readonly string[];
    readonly outputs: readonly number[];
  }[];
  readonly recorded: readonly {
    readonly model: string;
    readonly branch: "cond" | "uncond";
    readonly steps: number;
    readonly options: DbPruneOptions;
    readonly differences: Readonly<Record<string, readonly (number | null)[]>>;
    readonly computed: Readonly<Record<string, string>>;
  }[];
};

const run = (options: DbPruneOptions, inputs: readonly number[], depth = 4) =>
  runArithmetic({ model: doublingModel(depth), methods: [dbPrune(options)], latents: inputs.map((one) => row(one)) });
/** Steps in which each of the blocks ran. */
const masks = async (options: DbPruneOptions, inputs: readonly number[]) =>
  (await run({ maxWarmupSteps: 1, ...options }, inputs)).sites
    .filter(({ kind }) => kind !== "blocks")
    .map(({ computed }) => computed);

describe("whole runs are those of cache-dit", () => {
  test.each(reference.runs)("$options on $inputs", async ({ inputs, options, computed, outputs }) => {
    expect(await masks(options, inputs)).toEqual(computed);
    expect((await run({ ...options }, inputs)).outputs.flat()).toEqual(outputs);
  });
});

describe("decides as cache-dit on what was read in recorded runs", () => {
  test.each(reference.recorded)("$model, $branch, $options", ({ branch, steps, options, differences, computed }) => {
    const decide = dbPrune(options).start({ steps, timesteps: [], branch });
    const found: Record<string, string> = Object.fromEntries(Object.keys(computed).map((block) => [block, "1"]));
    for (let step = 1; step < steps; step++)
      for (const [block, changes] of Object.entries(differences)) {
        const change = changes[step] as number;
        const decision = decide({
          ...{ site: { id: block } as never, branch, step, steps, timestep: 0, computed: [0], guided: true },
          ...{ readings: [{ change, magnitude: 1, present: 1, rms: 0 }], forced: false, because: () => undefined },
        });
        found[block] += decision === compute ? "1" : "0";
      }
    expect(found).toEqual(computed);
    expect(Object.values(computed).join("")).toContain("0");
    expect(Object.values(computed).join("")).toContain("01"); // not the warm-up alone
  });
});

describe("DBPrune", () => {
  test("a threshold of 0 is the uncached run, bit for bit", async () => {
    const latents = [1, 1.01, 4, 8, 9, 11].map((value) => row(value / 3));
    const of = (methods: readonly CacheMethod[]) => runArithmetic({ model: doublingModel(3), methods, latents });
    const [plain, cached] = [await of([]), await of([dbPrune({ residualDiffThreshold: 0 })])];
    expect(cached.outputs).toEqual(plain.outputs);
    expect(cached.bytesAfter).toBe(0);
  });

  test("a block that rests adds what it added; what enters the next one is read behind it", async () => {
    const { outputs, visits } = await run({ residualDiffThreshold: 0.5, maxWarmupSteps: 1 }, [8, 10, 18], 3);
    // Blocks double: 8 → 16 → 32 → 64. Then 10 → 20, and 16 and 32 are added once more.
    expect(outputs).toEqual([[64], [10 * 2 + 16 + 32], [144]]);
    const read = visits.filter(({ step }) => step > 0).map(({ step, site, readings }) => [step, site, readings?.[0]]);
    const reading = (present: number, magnitude: number) => {
      const change = present - magnitude;
      return { present, magnitude, change, rms: change };
    };
    expect(read).toEqual([
      [1, "blocks.1-2", reading(20, 16)],
      [1, "blocks.2-3", reading(36, 32)],
      [2, "blocks.1-2", reading(36, 16)],
      [2, "blocks.2-3", reading(72, 32)],
    ]);
  });

  test("each block is compared with the step that it last ran in", async () => {
    // Block 1 runs in step 2, when 13 · 2 = 26 enters where 16 did; block 2 gets 52 where 32 was, and runs as well.
    const { visits } = await run(
      { residualDiffThreshold: 0.3, nonPruneBlockIds: [2], maxWarmupSteps: 1 },
      [8, 10, 13, 13.5],
    );
    const atBlock = (block: number) =>
      visits
        .filter(({ site }) => site === `blocks.${block}-${block + 1}`)
        .map(({ readings, decision }) => [readings?.[0]?.magnitude, decision]);
    expect(atBlock(1)).toEqual([
      [undefined, "compute"],
      [16, "reuse"],
      [16, "compute"],
      [26, "reuse"],
    ]); // prettier-ignore
    expect(atBlock(3)).toEqual([
      [undefined, "compute"],
      [64, "reuse"],
      [64, "compute"],
      [104, "reuse"],
    ]); // prettier-ignore
    expect(atBlock(2)).toEqual([]);
  });

  test("compared with the last step, small changes add up unseen, as in LightX2V", async () => {
    const drifting = [10, 11, 12, 13, 14, 15];
    expect((await masks({ residualDiffThreshold: 0.15 }, drifting))[1]).toBe("101010");
    const dynamicBlock = { fnComputeBlocks: 0, maxWarmupSteps: 0, comparedWith: "last-step" } as const;
    expect((await masks({ residualDiffThreshold: 0.15, ...dynamicBlock }, drifting))[0]).toBe("100000");
  });

  test("each branch of guidance decides for itself", async () => {
    const { visits } = await runArithmetic({
      ...{
        model: doublingModel(2),
        methods: [dbPrune({ maxWarmupSteps: 1, residualDiffThreshold: 0.2 })],
        guidance: 2,
      },
      latents: [8, 8, 12].map((value) => row(value)),
    });
    const decided = (branch: string) => visits.filter((one) => one.branch === branch).map(({ decision }) => decision);
    expect(decided("cond")).toEqual(["compute", "reuse", "compute"]);
    expect(decided("uncond")).toEqual(decided("cond"));
    expect(visits.every(({ readings }) => readings?.length === 1)).toBe(true);
  });

  /** Whether each of the blocks of one step runs, by what it has changed by. */
  const runs = (options: DbPruneOptions, changes: readonly number[]) => {
    const decide = dbPrune({ maxWarmupSteps: 0, ...options }).start({ steps: 9, timesteps: [], branch: "cond" });
    const reasons: object[] = [];
    const mask = changes.map((change, block) =>
      decide({
        ...{ site: { id: `blocks.${block}` } as never, branch: "cond", step: 1, steps: 9, timestep: 0, computed: [0] },
        ...{ readings: [{ change, magnitude: 1, present: 1, rms: 0 }], guided: true, forced: false },
        because: (given) => reasons.push(given),
      }) === compute
        ? "1"
        : "0",
    );
    return { mask: mask.join(""), reasons };
  };

  test("a change of exactly the threshold runs; a threshold of 1 asks nothing, 0 never rests, raised or not", () => {
    expect(runs({ residualDiffThreshold: 0.5 }, [0.5, 0.49])).toEqual({
      mask: "10",
      reasons: [
        { difference: 0.5, threshold: 0.5 },
        { difference: 0.49, threshold: 0.5 },
      ],
    });
    expect(runs({ residualDiffThreshold: 1 }, [4, 0])).toEqual({ mask: "00", reasons: [] });
    const raised = { enableDynamicPruneThreshold: true, maxDynamicPruneThreshold: 9 };
    expect(runs({ residualDiffThreshold: 0, ...raised }, [0.1, 0.1, 0])).toEqual({ mask: "111", reasons: [] });
    expect(runs({ maxCachedSteps: 0 }, [0]).mask).toBe("1");
    expect(runs({ maxContinuousCachedSteps: 0 }, [0]).mask).toBe("1");
  });

  test("the raised threshold is the mean of the first five changes above 0, below its bound", () => {
    const of = (options: DbPruneOptions, changes: readonly number[]) =>
      runs({ enableDynamicPruneThreshold: true, maxDynamicPruneThreshold: 9, ...options }, changes).mask;
    const plain = { residualDiffThreshold: 0.2, dynamicPruneThresholdRelaxRatio: 1 };
    expect(of(plain, [0.3, 0.25])).toBe("10");
    expect(of(plain, [0, 0.3, 0.25])).toBe("010");
    expect(of(plain, [0.3, 0.3, 0.3, 0.3, 0.3, 9, 0.29])).toBe("1111110");
    expect(of({ ...plain, maxDynamicPruneThreshold: 0.25 }, [0.25, 0.24])).toBe("11");
    expect(of({ ...plain, maxDynamicPruneThreshold: 0.26 }, [0.25, 0.24])).toBe("10");
    expect(of({ ...plain, maxDynamicPruneThreshold: null }, [0.4, 0.3])).toBe("11");
    // Raised to 1, nothing is compared, and nothing is added to the mean.
    expect(of({ residualDiffThreshold: 0.5, dynamicPruneThresholdRelaxRatio: 2 }, [0.5, 0.1, 0.7])).toBe("100");
  });

  test("a step that a guard computes counts as one in which nothing rested", () => {
    const decide = dbPrune({ maxWarmupSteps: 0, maxContinuousCachedSteps: 2 }).start({
      steps: 9,
      timesteps: [],
      branch: "cond",
    });
    const at = (step: number) =>
      decide({
        ...{ site: { id: "blocks.1-2" } as never, branch: "cond", step, steps: 9, timestep: 0, computed: [0] },
        ...{ readings: [{ change: 0, magnitude: 1, present: 1, rms: 0 }], guided: true, because: () => undefined },
        forced: step === 3,
      }) === compute;
    expect([1, 2, 3, 4, 5, 6, 7].map(at)).toEqual([false, false, true, false, false, true, false]);
  });

  test("is refused where every block always runs", async () => {
    for (const options of [{ fnComputeBlocks: 4 }, { bnComputeBlocks: 9 }, { nonPruneBlockIds: [1, 2, 3] }])
      await expect(run(options, [1])).rejects.toMatchObject({ code: "site-missing" });
  });

  test.each([
    [{ fnComputeBlocks: -1 }],
    [{ bnComputeBlocks: 0.5 }],
    [{ nonPruneBlockIds: 3 }],
    [{ nonPruneBlockIds: [-1] }],
    [{ residualDiffThreshold: -0.1 }],
    [{ enableDynamicPruneThreshold: 1 }],
    [{ maxDynamicPruneThreshold: -1 }],
    [{ dynamicPruneThresholdRelaxRatio: "2" }],
    [{ maxWarmupSteps: -1 }],
    [{ warmupInterval: 0 }],
    [{ maxCachedSteps: -2 }],
    [{ maxContinuousCachedSteps: 1.5 }],
    [{ comparedWith: "first" }],
  ])("%j is refused", (options) => {
    expect(() => dbPrune(options as object)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  test("an option it does not have is refused by name", () => {
    expect(() => dbPrune({ threshold: 1 } as object)).toThrow(expect.objectContaining({ code: "option-unknown" }));
  });

  test("a probe for a site that is none of the method's is refused", async () => {
    const method: CacheMethod = {
      ...dbPrune(),
      probes: () => [{ tap: "hidden.1", since: "last-step", site: "blocks.0-1" }],
    };
    const asked = runArithmetic({ model: doublingModel(2), methods: [method], latents: [row(1)] });
    await expect(asked).rejects.toMatchObject({
      code: "option-invalid",
      message: expect.stringContaining("blocks.0-1"),
    });
  });
});
