import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/engine/backends/backend.js";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { idealSpeedup, profileOf, timing } from "../../src/engine/measure/profile.js";
import type { Trace } from "../../src/engine/trace/trace.js";

const sites = latteSites(1); // five sub-layers, and what joins each to the stream behind it
/** Session calls of three steps of two passes: the first step is slow, and so is one pass of the last. */
const runsOf = (pass: readonly number[]): number[] =>
  [99, 98, 1, 1, 1, 50].flatMap((factor) => pass.map((ms) => ms * factor));

describe("a profile", () => {
  test("is of medians without the first step; a call costs no more than the least piece, and all pieces are the pass", () => {
    const pieces = [5, 1, 3, 1, 7, 1, 3, 1, 5, 3]; // 20 beside a call of 1 each, twice the pass
    const plain = { stepMs: [999, 26, 25, 24], runMs: runsOf([10]) };
    expect(profileOf(plain, { stepMs: [], runMs: runsOf(pieces) }, sites, 2)).toEqual({
      passMs: 10,
      outsideMs: 5,
      siteMs: {
        "transformer_blocks.0.attn1": 2,
        "transformer_blocks.0.attn2": 1,
        "transformer_blocks.0.ff": 3,
        "temporal_transformer_blocks.0.attn1": 1,
        "temporal_transformer_blocks.0.ff": 2,
      },
      blockMs: [6, 4],
    });
  });

  test("takes what the pieces are too long for the price of calls, in equal parts", () => {
    const pieces = [5, 3, 3, 2, 7, 2, 3, 2, 5, 2]; // 34, of which a call takes 1.4
    const { siteMs, blockMs } = profileOf(
      { stepMs: [9, 20], runMs: runsOf([20]) },
      { stepMs: [], runMs: runsOf(pieces) },
      sites,
      2,
    );
    expect(siteMs["transformer_blocks.0.ff"]).toBeCloseTo(5.6, 12);
    expect(blockMs).toEqual([expect.closeTo(22 - 6 * 1.4, 12), expect.closeTo(12 - 4 * 1.4, 12)]);
  });

  test("of pieces that are faster than the pass has calls that cost nothing, and no time beside the passes", () => {
    const pieces = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    const plain = { stepMs: [9, 30], runMs: runsOf([20]) };
    const { outsideMs, siteMs } = profileOf(plain, { stepMs: [], runMs: runsOf(pieces) }, sites, 2);
    expect(outsideMs).toBe(0);
    expect(Object.values(siteMs)).toEqual([2, 2, 2, 2, 2]);
  });
});

test("every run of a timed backend is noted, after it has settled", async () => {
  const order: string[] = [];
  const step = (name: string) => async () => {
    order.push(name);
    return new Map();
  };
  const { backend, runMs } = timing({ run: step("run"), settled: step("settled") } as unknown as Backend);
  for (const _ of [1, 2]) await backend.run(...([] as unknown as Parameters<Backend["run"]>));
  expect(order).toEqual(["run", "settled", "run", "settled"]);
  expect(runMs).toEqual([expect.any(Number), expect.any(Number)]);
});

describe("the ideal speed-up", () => {
  const profile = { passMs: 10, outsideMs: 2, siteMs: { attn: 3 }, blockMs: [1, 2, 4, 8] };
  const ideal = (guidance: number, ...skipped: string[]): number => {
    const visits = [{ site: "attn", decision: "compute" }, ...skipped.map((site) => ({ site, decision: "reuse" }))];
    return idealSpeedup({ steps: 2, guidance, visits } as unknown as Trace, profile);
  };

  test.each([
    [3, [], 1],
    [3, ["attn", "attn"], 44 / 38],
    [3, ["blocks.1-3"], 44 / 38],
    [3, ["blocks.0-4", "blocks.0-4"], 44 / 14],
    [3, ["output"], 44 / 34],
    [3, ["uncond"], 44 / 34],
    [3, ["guided"], 44 / 24],
    [1, ["guided"], 24 / 14],
    [1, ["attn"], 24 / 21],
    [3, ["text of no time"], 1],
  ])("at guidance %d without %j is %d", (guidance, skipped, expected) => {
    expect(ideal(guidance, ...skipped)).toBe(expected);
  });

  test("is a number where nothing is left to compute", () => {
    const trace = { steps: 1, guidance: 1, visits: [{ site: "guided", decision: "forecast" }] } as unknown as Trace;
    expect(idealSpeedup(trace, { ...profile, outsideMs: 0 })).toBe(10 / Number.EPSILON);
  });
});
