import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { type JumpErrors, jumpCost } from "../../src/engine/cache/jump-errors.js";
import { type DpCacheOptions, dpCache, dpCachePlan } from "../../src/engine/cache/methods/dp-cache.js";
import { expectContract, mask } from "../contract.js";
import { jumpErrors } from "../jump-errors.js";

// arXiv:2602.22654 and 2511.00090. The recorded plans are SGLang's (tests/reference/dp_cache.py).

const recorded = JSON.parse(readFileSync("tests/fixtures/dp-cache.json", "utf8")) as {
  readonly line: JumpErrors["line"];
  readonly plans: readonly (Required<
    Pick<DpCacheOptions, "numFullSteps" | "mandatory" | "forceLastFull" | "maxGap">
  > & {
    readonly model: string;
    readonly computed: readonly number[];
    readonly cost: number;
  })[];
};
const errorsOf = (model: string): JumpErrors =>
  model === "flux-a"
    ? { ...jumpErrors(20), line: recorded.line }
    : JSON.parse(readFileSync(`site/public/models/${model}/calibration.json`, "utf8")).dpcache.errors;

describe("plans of the reference", () => {
  test.each(recorded.plans)(
    "$model, $numFullSteps of 20, $mandatory first, gap $maxGap, last $forceLastFull",
    (plan) => {
      const { model, computed, cost, ...settings } = plan;
      const found = dpCachePlan({ errors: errorsOf(model), ...settings }, 20);
      expect(found.computed).toEqual(computed);
      expect(found.loss).toBe(cost);
    },
  );
});

/** Every choice of `budget` steps, the leading ones among them. */
const choices = (steps: number, budget: number, leading: number): number[][] => {
  const grow = (chosen: number[]): number[][] =>
    chosen.length === budget
      ? [chosen]
      : Array.from({ length: steps - 1 - (chosen.at(-1) as number) }, (_, way) =>
          grow([...chosen, (chosen.at(-1) as number) + 1 + way]),
        ).flat();
  return grow(Array.from({ length: leading }, (_, step) => step));
};

const costsOf = (computed: readonly number[], steps: number, leading: number, cost: ReturnType<typeof jumpCost>) =>
  [...computed.slice(leading), steps].map((to, at) => {
    const from = leading - 1 + at;
    return cost(computed[from - 1] ?? -1, computed[from] as number, to);
  });

/** The worst first. */
const compare = (a: readonly number[], b: readonly number[]): number => {
  const [first, second] = [a, b].map((one) => one.toSorted((x, y) => y - x));
  const differs = first?.findIndex((value, index) => value !== second?.[index]) ?? -1;
  return differs === -1 ? 0 : (first?.[differs] as number) - (second?.[differs] as number);
};

describe("the plan is the best of all", () => {
  const tables = fc.record({
    steps: fc.integer({ min: 3, max: 9 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    leading: fc.integer({ min: 1, max: 3 }),
    maxGap: fc.option(fc.integer({ min: 2, max: 5 })),
    last: fc.boolean(),
    estimate: fc.constantFrom("line" as const, "reuse" as const),
    objective: fc.constantFrom("sum" as const, "minimax" as const),
    // Whole numbers, so that sums are exact in any order and ties are frequent.
    numbers: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 200, maxLength: 200 }),
  });

  test("as trying all of them shows", () => {
    fc.assert(
      fc.property(tables, ({ steps, share, leading: asked, maxGap, last, estimate, objective, numbers }) => {
        const mandatory = Math.max(asked, estimate === "line" ? 2 : 1);
        const errors = jumpErrors(steps, (i, j, t) => numbers[((i + 1) * 37 + j * 11 + t) % 200] as number);
        const numFullSteps = mandatory + Math.round(share * (steps - mandatory));
        const options = { errors, numFullSteps, mandatory, maxGap, forceLastFull: last, estimate, objective };
        const cost = jumpCost(errors, estimate);
        const lawful = choices(steps, numFullSteps, mandatory).filter(
          (one) =>
            (!last || one.includes(steps - 1)) &&
            [...one, steps].every((to, at) => at === 0 || to - (one[at - 1] as number) <= (maxGap ?? steps)),
        );
        if (lawful.length === 0) {
          expect(() => dpCachePlan(options, steps)).toThrow(expect.objectContaining({ code: "option-invalid" }));
          return;
        }
        const plan = dpCachePlan(options, steps);
        const found = costsOf(plan.computed, steps, mandatory, cost);
        expect(lawful).toContainEqual(plan.computed);
        expect(plan.jumps.map((jump) => jump.cost)).toEqual(found);
        expect(plan.loss).toBe(found.reduce((sum, one) => sum + one, 0));
        for (const one of lawful) {
          const other = costsOf(one, steps, mandatory, cost);
          const worse =
            objective === "sum" ? other.reduce((sum, value) => sum + value, 0) - plan.loss : compare(other, found);
          expect(worse).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 400 },
    );
  });
});

const even = jumpErrors(10, (_, at, step) => step - at);

describe("DPCache", () => {
  test("computes as many steps as it is given, and half of them by itself", () => {
    for (const numFullSteps of [4, 7, 10])
      expect(mask(dpCache({ errors: even, numFullSteps }), "blocks", 10).replaceAll("0", "")).toHaveLength(
        numFullSteps,
      );
    expect(mask(dpCache({ errors: even }), "blocks", 10)).toBe("1110100100");
    expect(mask(dpCache({ errors: even, share: 1 }), "blocks", 10)).toBe("1111111111");
  });

  test("one jump that is worse than any other is avoided by its worst, not by its sum", () => {
    const steep = jumpErrors(8, (_, at, step) => (at < 3 ? 1 : 0.1) * (step - at) ** 2);
    const of = (objective: "sum" | "minimax") =>
      dpCachePlan({ errors: steep, numFullSteps: 4, mandatory: 2, objective }, 8).jumps.map(({ cost }) => cost);
    expect(Math.max(...of("minimax"))).toBeLessThanOrEqual(Math.max(...of("sum")));
  });

  test("a step between is on the line through the last two computed ones, or the last one itself", () => {
    const decide = (estimate: "line" | "reuse", computed: readonly number[]) =>
      dpCache({ errors: even, numFullSteps: 4, estimate }).start({ steps: 10, timesteps: [], branch: "cond" })({
        ...{ site: latteSites(1).blocks(), branch: "cond", steps: 10, timestep: 0, forced: false, readings: [] },
        ...{ guided: true, step: 9, computed, because: () => undefined },
      });
    expect(decide("line", [6, 2])).toEqual({ weights: [1.75, -0.75] });
    expect(decide("line", [6])).toEqual({ weights: [1] });
    expect(decide("reuse", [6])).toEqual({ weights: [1] });
  });

  test("errors of another number of steps, and budgets out of reach, are refused in one line", () => {
    const run =
      (options: Partial<DpCacheOptions>, steps = 10) =>
      () =>
        dpCachePlan({ errors: even, ...options }, steps);
    expect(run({}, 12)).toThrow("errors is 10; expected those of a run of 12 steps");
    expect(run({ numFullSteps: 11 })).toThrow("numFullSteps is 11; expected a whole number from 3 to 10");
    expect(run({ numFullSteps: 4, maxGap: 2 })).toThrow("numFullSteps is 4; expected a whole number from 6 to 10");
    expect(run({ numFullSteps: 3, forceLastFull: true })).toThrow("numFullSteps is 3; expected a whole number from 4");
    expect(run({ numFullSteps: 2 })).toThrow("numFullSteps is 2; expected a whole number ≥ 3");
  });

  test.each([
    [{}],
    [{ errors: { line: [], reuse: [] } as JumpErrors, mandatory: 1 }],
    [{ errors: { ...even, reuse: even.reuse.slice(1) } }],
    [{ errors: { ...even, line: even.line.with(2, [[1]]) } }],
    [{ errors: jumpErrors(5, () => -1) }],
    [{ errors: even, objective: "least" }],
    [{ errors: even, share: 1.5 }],
    [{ errors: even, forceLastFull: 1 }],
    [{ errors: even, maxGap: 0 }],
    [{ errors: even, calibratedFor: 1 }],
  ])("%# is refused", (options) => {
    expect(() => dpCache(options as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  test("an option that it does not have is refused, and errors that nobody measured are asked for by name", () => {
    expect(() => dpCache({ errors: even, none: 1 } as never)).toThrow(
      expect.objectContaining({ code: "option-unknown" }),
    );
    expect(() => dpCache({} as never)).toThrow("errors is undefined; expected the errors of a calibration run");
  });

  test("keeps the contract of a method that decides by step", () => {
    expectContract(dpCache({ errors: jumpErrors(20) }));
  });
});
