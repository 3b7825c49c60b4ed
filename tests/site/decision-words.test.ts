import { latteSites, magCache, pab, type Site, type Trace, taylorSeer } from "diffusion-cache";
import { describe, expect, it } from "vitest";
import { previewLog } from "../../site/clips/previews.js";
import { statusOf } from "../../site/device/run-status.js";
import { comparedInWords, decisionInWords, linesOfStep, stepInWords } from "../../site/grid/decision-words.js";
import { keptInWords, keptSentence, keptSites, networkPicture, type Role } from "../../site/network/network-picture.js";

const visit = (site: string, decision: "compute" | "reuse" | "forecast", more: object = {}) =>
  ({ step: 0, branch: "cond", site, method: "m", decision, ...more }) as const;

describe("a decision in words", () => {
  it("says the numbers that were compared, and what followed", () => {
    const reasons = { difference: 0.04312, threshold: 0.05 };
    expect(comparedInWords({ decision: "reuse", reasons })).toBe("0.0431 < 0.05: reused");
    expect(comparedInWords({ decision: "compute", reasons: { accumulated: 0.2, threshold: 0.12 } })).toBe(
      "0.2 > 0.12: computed",
    );
    expect(comparedInWords({ decision: "compute", reasons })).toMatch(/computed all the same, by another rule/);
    expect(comparedInWords({ decision: "compute" })).toBeUndefined();
  });

  it("says from which step a feature is, and with which weights it was carried on", () => {
    expect(decisionInWords(visit("a", "reuse", { weights: [1] }), 3)).toBe("reused from step 4");
    expect(decisionInWords(visit("a", "forecast", { weights: [2, -1] }), 3)).toBe(
      "forecast, kept features weighted 2, −1",
    );
    expect(decisionInWords(visit("a", "forecast", { weights: { low: 1.1, high: 1 } }), 3)).toBe(
      "forecast, low frequencies × 1.1, high × 1",
    );
    const reasons = { accumulated: 0.01, threshold: 0.1, negative: true } as const;
    expect(decisionInWords(visit("a", "reuse", { weights: [1], reasons }), 0)).toBe(
      "summed up, 0.01 < 0.1: reused from step 1 (the polynomial was below zero and counted as nothing)",
    );
  });

  it("stands in the status of a run as it goes on", () => {
    const decisions = [
      { site: "blocks.1-8", decision: "reuse", reasons: { difference: 0.04, threshold: 0.05 } },
    ] as const;
    expect(statusOf("cached", { phase: "step", step: 3, steps: 10, ms: 41.6, decisions }).text).toBe(
      "Cached run: step 4 of 10, 42 ms, 0.04 < 0.05: reused",
    );
  });
});

describe("a step of a run", () => {
  const reused = { weights: [1] };
  const trace = {
    steps: 2,
    timesteps: [951, 901],
    stepMs: [20, 12],
    sites: [
      { site: "a", kind: "spatial-attention", computed: "10" },
      { site: "b", kind: "spatial-attention", computed: "10" },
      { site: "blocks.1-8", kind: "blocks", computed: "11" },
    ],
    visits: [
      visit("a", "compute"),
      visit("b", "compute"),
      { ...visit("a", "reuse", reused), step: 1 },
      { ...visit("b", "reuse", reused), step: 1 },
      { ...visit("blocks.1-8", "compute"), step: 1, branch: "uncond" },
    ],
  } as unknown as Trace;

  it("has one line for sites of a kind that do the same", () => {
    expect(linesOfStep(trace, 1)).toEqual([
      { where: "Spatial attention × 2", pass: "with the text", what: "reused from step 1" },
      { where: "Blocks 2 to 8", pass: "without the text", what: "computed" },
    ]);
  });

  it("is said in one sentence", () => {
    expect(stepInWords({ ...trace, stepMs: [20, 21] }, trace, 1)).toBe(
      "Step 2 of 2, timestep 901: 2 of 3 features not computed; 12 ms, and 21 ms uncached.",
    );
    expect(stepInWords({ ...trace, stepMs: [20, 21] }, { ...trace, stepProbeMs: [0, 0.126] }, 1)).toContain(
      "; 12 ms (0.13 ms of it reading probes), and 21 ms uncached.",
    );
  });
});

it("a forming clip comes back from its bytes, to within half of one", () => {
  const log = previewLog();
  const data = Float32Array.of(-1, -0.5, 0, 0.25, 1, 1.7);
  log.keep("cached", 2, { dims: [1, 3, 1, 1, 2], data });
  expect(log.at("uncached", 2)).toBeUndefined();
  const { data: back } = log.at("cached", 2) ?? { data: [] };
  expect(back).toHaveLength(data.length);
  for (const [at, value] of back.entries())
    expect(Math.abs(value - Math.min(1, data[at] as number))).toBeLessThanOrEqual(0.5 / 127.5 + 1e-6);
});

describe("the picture of a network", () => {
  const map = latteSites(2);
  const litOf = (role: Role, kept: readonly Site[]): number =>
    networkPicture(map, kept).shapes.filter((shape) => "box" in shape && shape.role === role && shape.lit).length;

  it("lights the sites of a method, and says the same in words", () => {
    const kept = keptSites([pab({ spatialAttentionBlockSkipRange: 2, temporalAttentionBlockSkipRange: 3 })], map);
    expect(litOf("cell", kept)).toBe(4);
    expect(keptInWords(map, kept)).toEqual([
      "the output of all 2 spatial attention and all 2 temporal attention layers",
    ]);
  });

  it("lights what is wider than a sub-layer", () => {
    expect(litOf("block", [map.blocks(1, 4)])).toBe(3);
    expect(litOf("cell", [map.blocks(1, 4)])).toBe(0);
    expect(keptInWords(map, [map.blocks(1, 4), map.uncond()])).toEqual([
      "what blocks 2 to 4 add to the stream",
      "the difference between the passes with and without the text",
    ]);
    for (const [site, role] of [
      [map.output(), "network"],
      [map.uncond(), "difference"],
      [map.guided(), "step"],
    ] as const)
      expect(litOf(role, [site])).toBe(1);
  });

  it("follows options that choose sites, and says where there are none", () => {
    const [all, few] = [taylorSeer(), taylorSeer({ sites: ["cross-attention"] })].map((one) => keptSites([one], map));
    expect(all?.length).toBeGreaterThan(few?.length ?? 0);
    expect(few).toHaveLength(2);
    expect(keptSentence("X", "a model", map, [])).toBe("a model has nothing that X keeps.");
    expect(keptSites([magCache({ magRatios: [1, 1] })], map).map(({ id }) => id)).toEqual(["blocks.0-4"]);
  });
});
