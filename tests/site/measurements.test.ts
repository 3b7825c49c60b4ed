import { type Changes, latteSites, type Profile } from "diffusion-cache";
import { describe, expect, it } from "vitest";
import { changeCurves, changesInWords, middleOf } from "../../site/measurements/change-curves.js";
import { boundCells, boundOf, profileInWords, savedBy, sharesOf } from "../../site/measurements/shares.js";

// Two blocks: spatial attention 10, cross-attention 5, feed-forward 20; temporal attention 10, feed-forward 20.
const sites = latteSites(1);
const profile: Profile = {
  passMs: 100,
  outsideMs: 1,
  siteMs: {
    "transformer_blocks.0.attn1": 10,
    "transformer_blocks.0.attn2": 5,
    "transformer_blocks.0.ff": 20,
    "temporal_transformer_blocks.0.attn1": 10,
    "temporal_transformer_blocks.0.ff": 20,
  },
  blockMs: [35, 30],
};

describe("where the time of a pass goes", () => {
  it("is divided among kinds, and what is left is the rest", () => {
    expect(sharesOf(profile, sites).map(({ kind, share }) => [kind, share])).toEqual([
      ["spatial-attention", 0.1],
      ["temporal-attention", 0.1],
      ["cross-attention", 0.05],
      ["feed-forward", 0.4],
      ["rest", 0.35],
    ]);
    expect(profileInWords(profile, sites)).toBe(
      "One forward pass takes 100 ms: spatial attention 10 %, temporal attention 10 %, cross-attention 5.0 %, " +
        "feed-forward 40 % and the rest 35 %.",
    );
  });

  it("bounds what families of methods can save", () => {
    const saved = savedBy(profile, sites);
    expect(saved).toEqual({ guidance: 0.5, attention: 0.25, behindFirst: 0.3, blocks: 0.65, step: 1 });
    expect(boundOf(0.5)).toBe(2);
    expect(boundCells(saved.attention)).toEqual({ share: "25 %", bound: "1.3" });
    expect(boundCells(saved.step).bound).toBe("none");
  });
});

const changes = {
  sites: [
    { site: "a", kind: "spatial-attention", change: [1, 0.2, 0.1] },
    { site: "b", kind: "cross-attention", change: [0.5, 0.02, 0.05] },
    { site: "c", kind: "spatial-attention", change: [0.8, 0.4, 0.3] },
  ],
} as unknown as Changes;

describe("changes from step to step", () => {
  it("are a curve for each kind, the mean of its layers", () => {
    const [spatial, cross] = changeCurves(changes);
    expect(spatial?.layers.map(({ site }) => site)).toEqual(["a", "c"]);
    for (const [at, value] of [0.9, 0.3, 0.2].entries()) expect(spatial?.mean[at]).toBeCloseTo(value, 12);
    expect(cross?.mean).toEqual([0.5, 0.02, 0.05]);
  });

  it("say which kind changes least and most, and what the ends do", () => {
    expect(middleOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const words = changesInWords({ ...changes, sites: changes.sites.slice(0, 2) });
    expect(words).toMatch(/cross-attention, which changes least/);
    expect(words).toMatch(
      /spatial attention, which changes most\. The first change is 75 % over all kinds, the last 7\.5 %\.$/,
    );
  });
});
