import { readFileSync } from "node:fs";
import { type Changes, fillings, latteSites, type Profile } from "diffusion-cache";
import { describe, expect, it } from "vitest";
import { changeCurves, changesInWords, middleOf } from "../../site/measurements/change-curves.js";
import {
  forecastErrorsOf,
  forecastKnobs,
  forecastsInWords,
  meanErrors,
  usualForecasts,
} from "../../site/measurements/forecast-choice.js";
import type { ForecastProducts } from "../../site/measurements/forecast-products.js";
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

describe("how far forecasts are off", () => {
  const products = (model: string): ForecastProducts =>
    JSON.parse(readFileSync(`site/public/measured/${model}.json`, "utf8")).forecasts;
  const everyChoice = [2, 3, 4].flatMap((every) => [1, 2].map((order) => ({ every, order })));
  const residual = "What all blocks add";
  const prediction = "The prediction";
  const closerThanReuse = (model: string, place: string, choice: { every: number; order: number }) => {
    const means = meanErrors(forecastErrorsOf(products(model), { place, ...choice }));
    return means.slice(
      0,
      means.findIndex(({ name }) => name === "reuse"),
    );
  };
  const names = (...given: Parameters<typeof closerThanReuse>) => closerThanReuse(...given).map(({ name }) => name);

  it.each(everyChoice)("is so as the guide says it, every $every, order $order", (choice) => {
    const dmd = choice.every === 2 ? ["dmd"] : [];
    expect(names("latte-motion-nano", residual, choice)).toEqual(["fitted", ...dmd]);
    expect(names("flux-shapes-nano", residual, choice)).toHaveLength(6);
    expect(names("flux-shapes-nano", prediction, choice)).toEqual(["fitted", ...dmd]);
  });

  it("is larger than that of reuse early in the video model's run, and smaller from step 11 on for all but FoCa", () => {
    const { errors, computed } = forecastErrorsOf(products("latte-motion-nano"), {
      place: residual,
      every: 3,
      order: 2,
    });
    const closer = (from: number, to: number) =>
      fillings
        .filter(({ name }) =>
          errors[name].every(
            (error, step) => computed.includes(step) || step < from || step >= to || error < (errors.reuse[step] ?? 0),
          ),
        )
        .map(({ name }) => name);
    expect(closer(10, 20)).toEqual(["line", "taylor", "hermite", "dmd", "fitted"]);
    expect(closer(4, 6)).toEqual([]);
  });

  it("is compared at the places of both models, over all pairs of steps, with weights of eight other prompts", () => {
    for (const model of ["latte-motion-nano", "flux-shapes-nano"]) {
      const { places, fittedPrompts, prompts } = products(model);
      expect(places.map(({ place }) => place)).toEqual([expect.stringMatching(/^blocks\.0-\d$/), "output"]);
      for (const { gram, fittedTo } of places) {
        expect(gram.map(({ length }) => length)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
        expect(fittedTo).not.toEqual(gram);
      }
      expect([fittedPrompts, prompts.length]).toEqual([8, 1]);
    }
  });

  it("is said in words", () => {
    expect(forecastsInWords(products("latte-motion-nano"), { place: residual, every: 3, order: 2 })).toBe(
      "12 of 20 steps are skipped. Fitted comes closest with a mean error of 17 %, FoCa is furthest off with 40 %; reuse has 20 %.",
    );
    expect(usualForecasts.place).toBe(residual);
    expect(forecastKnobs.map(({ default: usual }) => usual)).toEqual(Object.values(usualForecasts));
  });
});

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
