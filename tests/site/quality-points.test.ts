import { measures } from "diffusion-cache";
import { describe, expect, it } from "vitest";
import { paretoPicture } from "../../site/pareto/pareto-picture.js";
import {
  fastestOf,
  fewerPoint,
  foundInWords,
  frontierOf,
  namedPoint,
  speedInWords,
  trialPoint,
  wasDisturbed,
} from "../../site/pareto/quality-points.js";

const trial = (method: string, speedup: number, psnr: number, ideal?: number) =>
  namedPoint(
    trialPoint(
      { ...{ speedup, psnr, ssim: 0.98, cacheBytes: 0 }, method: method as "fora", options: { interval: 3 } },
      ideal,
    ),
    { fora: { title: "FORA" } },
  );
const named = (name: string) => measures.find((one) => one.name === name) as (typeof measures)[number];
const psnr = named("psnr");
const points = [trial("fora", 2, 30), trial("fora", 1.5, 40), trial("pab", 1.4, 35), trial("pab", 3, 20)];
const fewer = [namedPoint(fewerPoint({ steps: 10, speedup: 1.9, psnr: 45, ssim: 0.99 }), {})];

describe("settings as points", () => {
  it("say title and settings", () => {
    expect(points[0]?.label).toBe("FORA: interval 3");
    expect(fewer[0]?.label).toBe("Fewer steps: 10");
  });

  it("have a frontier of those that none beats in both", () => {
    expect(frontierOf(points, psnr).map(({ speedup }) => speedup)).toEqual([1.5, 2, 3]);
    expect(frontierOf([trial("fora", 1, Number.POSITIVE_INFINITY), ...points], psnr)).toHaveLength(4);
  });

  it("have another frontier by a measure of which less is closer, without points that lack it", () => {
    const [calm, flickers] = [0.001, 0.01].map((temporalError) => ({ ...trial("fora", 2, 30), temporalError }));
    expect(frontierOf([calm, flickers, ...points] as typeof points, named("temporalError"))).toEqual([calm]);
  });

  it("give the fastest above a floor, beside fewer steps", () => {
    expect(fastestOf(points, { psnr: 31, ssim: 0 })?.speedup).toBe(1.5);
    expect(fastestOf(points, { psnr: 31, ssim: 0.99 })).toBeUndefined();
    expect(foundInWords([...points, ...fewer], { psnr: 31, ssim: 0.9 })).toBe(
      "FORA: interval 3, 1.50 times as fast. Without any cache: Fewer steps: 10, 1.90 times as fast, which is faster still.",
    );
    expect(foundInWords(points, { psnr: 25, ssim: 0.9 })).toContain("Fewer steps do not keep that.");
    expect(foundInWords(points, { psnr: 99, ssim: 0.9 })).toMatch(/^Nothing measured here/);
  });

  it("that were faster than the ideal are disturbed, on no frontier and never the fastest", () => {
    const [fair, disturbed] = [trial("fora", 2, 30, 2.1), trial("fora", 4, 30, 2.1)];
    expect([fair, disturbed, trial("fora", 4, 30)].map(wasDisturbed)).toEqual([false, true, false]);
    expect(wasDisturbed(namedPoint(fewerPoint({ steps: 10, speedup: 3, psnr: 45, ssim: 0.99 }, 20), {}))).toBe(true);
    expect(frontierOf([fair, disturbed], psnr)).toEqual([fair]);
    expect(fastestOf([fair, disturbed], { psnr: 0, ssim: 0 })).toBe(fair);
    expect(speedInWords(disturbed)).toBe("a disturbed measurement: 4.00 times, but the ideal is 2.10");
    expect(speedInWords(fair)).toBe("2.00 times as fast (ideal 2.10)");
    expect(speedInWords(trial("fora", 2, 30))).toBe("2.00 times as fast");
  });

  it("are drawn closer further up, whichever end of a measure that is", () => {
    const [near, far] = [0.001, 0.01].map((flip) => ({ ...trial("fora", 2, 30), flip }));
    const { dots, values } = paretoPicture([near, far] as typeof points, [], [], named("flip"), 760);
    const [above, below] = dots.map(({ y }) => y);
    expect(above).toBeLessThan(below as number);
    expect(values.map(({ text }) => Number(text))).toEqual(
      values
        .toSorted((a, b) => a.at - b.at)
        .map(({ text }) => Number(text))
        .toReversed(),
    );
    expect(values.every(({ text }) => Number(text) >= 0)).toBe(true);
    const psnrs = paretoPicture([trial("fora", 1, Number.POSITIVE_INFINITY), ...points], [], [], psnr, 760);
    expect(psnrs.values.at(-1)?.text).toBe("equal");
    expect(psnrs.dots[0]?.y).toBe(psnrs.values.at(-1)?.at);
  });
});
