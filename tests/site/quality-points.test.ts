import { describe, expect, it } from "vitest";
import { fastestOf, fewerPoint, foundInWords, frontierOf, trialPoint } from "../../site/pareto/quality-points.js";

const trial = (method: string, speedup: number, psnr: number) =>
  trialPoint(
    { ...{ speedup, psnr, ssim: 0.98, cacheBytes: 0 }, method: method as "fora", options: { interval: 3 } },
    { fora: { title: "FORA" } },
  );
const points = [trial("fora", 2, 30), trial("fora", 1.5, 40), trial("pab", 1.4, 35), trial("pab", 3, 20)];
const fewer = [fewerPoint({ steps: 10, speedup: 1.9, psnr: 45, ssim: 0.99 })];

describe("settings as points", () => {
  it("say title and settings", () => {
    expect(points[0]?.label).toBe("FORA: interval 3");
    expect(fewer[0]?.label).toBe("Fewer steps: 10");
  });

  it("have a frontier of those that none beats in both", () => {
    expect(frontierOf(points).map(({ speedup }) => speedup)).toEqual([1.5, 2, 3]);
    expect(frontierOf([trial("fora", 1, Number.POSITIVE_INFINITY), ...points])).toHaveLength(4);
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
});
