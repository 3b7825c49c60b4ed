import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/engine/backends/backend.js";
import { latteSites } from "../../src/engine/cache/dry-run.js";
import { idealSpeedup, profileOf, timing } from "../../src/engine/measure/profile.js";
import type { Trace } from "../../src/engine/trace/trace.js";

const sites = latteSites(1); // five sub-layers, what joins each to the stream, and the text of one
/** Session calls of three steps of two passes: the first step is slow, and so is one pass of the last. */
const runsOf = (pass: readonly number[]): number[] =>
  [99, 98, 1, 1, 1, 50].flatMap((factor) => pass.map((ms) => ms * factor));

describe("a profile", () => {
  test("is of medians without the first step; a call costs no more than the least piece, and all pieces are the pass", () => {
    const pieces = [5, 1, 2, 2, 1, 7, 1, 3, 1, 5, 3]; // 20 beside a call of 1 each, twice the pass
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
        "transformer_blocks.0.attn2.text": 0.5,
      },
      blockMs: [6, 4],
    });
  });

  test("takes what the pieces are too long for the price of calls, in equal parts", () => {
    const pieces = [5, 3, 2, 3, 2, 6.4, 2, 3, 2, 5, 2]; // 35.4, of which a call takes 1.4
    const { siteMs, blockMs } = profileOf(
      { stepMs: [9, 20], runMs: runsOf([20]) },
      { stepMs: [], runMs: runsOf(pieces) },
      sites,
      2,
    );
    expect(siteMs["transformer_blocks.0.ff"]).toBeCloseTo(5, 12);
    expect(blockMs).toEqual([expect.closeTo(23.4 - 7 * 1.4, 12), expect.closeTo(12 - 4 * 1.4, 12)]);
  });

  test("of pieces that are faster than the pass has calls that cost nothing, and no time beside the passes", () => {
    const pieces = new Array<number>(11).fill(1);
    const plain = { stepMs: [9, 30], runMs: runsOf([22]) };
    const { outsideMs, siteMs } = profileOf(plain, { stepMs: [], runMs: runsOf(pieces) }, sites, 2);
    expect(outsideMs).toBe(0);
    expect(Object.values(siteMs)).toEqual([2, 4, 2, 2, 2, 2]);
  });
});

test("a piece that computes nothing makes no call and takes no time", () => {
  const pieces = [5, 1, 2, 2, 1, 7, 3, 1, 5, 3];
  const empty = (from: number, to: number): boolean => from === 6 && to === 7;
  const plain = { stepMs: [9, 9], runMs: runsOf([10]) };
  const { siteMs, blockMs } = profileOf(plain, { stepMs: [], runMs: runsOf(pieces) }, sites, 2, empty);
  expect(siteMs["temporal_transformer_blocks.0.attn1"]).toBe(1);
  expect(blockMs).toEqual([6, 4]);
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

  test("counts the text of an attention once where both are skipped", () => {
    const visit = (step: number, site: string) => ({ step, branch: "cond", site, decision: "reuse" });
    const text = { passMs: 10, outsideMs: 0, siteMs: { attn: 4, "attn.text": 1 }, blockMs: [] };
    const of = (...visits: readonly object[]): number =>
      idealSpeedup({ steps: 2, guidance: 1, visits } as unknown as Trace, text);
    expect(of(visit(0, "attn.text"))).toBe(20 / 19);
    expect(of(visit(0, "attn.text"), visit(0, "attn"))).toBe(20 / 16);
    expect(of(visit(0, "attn.text"), visit(1, "attn"))).toBe(20 / 15);
  });

  test("is a number where nothing is left to compute", () => {
    const trace = { steps: 1, guidance: 1, visits: [{ site: "guided", decision: "forecast" }] } as unknown as Trace;
    expect(idealSpeedup(trace, { ...profile, outsideMs: 0 })).toBe(10 / Number.EPSILON);
  });
});
