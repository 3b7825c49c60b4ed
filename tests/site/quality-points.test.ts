import { describe, expect, it } from "vitest";
import {
  fastestOf,
  fewerPoint,
  foundInWords,
  frontierOf,
  speedInWords,
  trialPoint,
  wasDisturbed,
} from "../../site/pareto/quality-points.js";

const trial = (method: string, speedup: number, psnr: number, ideal?: number) =>
  trialPoint(
    { ...{ speedup, psnr, ssim: 0.98, cacheBytes: 0 }, method: method as "fora", options: { interval: 3 } },
    { fora: { title: "FORA" } },
    ideal,
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

  it("that were faster than the ideal are disturbed, on no frontier and never the fastest", () => {
    const [fair, disturbed] = [trial("fora", 2, 30, 2.1), trial("fora", 4, 30, 2.1)];
    expect([fair, disturbed, trial("fora", 4, 30)].map(wasDisturbed)).toEqual([false, true, false]);
    expect(wasDisturbed(fewerPoint({ steps: 10, speedup: 3, psnr: 45, ssim: 0.99 }, 20))).toBe(true);
    expect(frontierOf([fair, disturbed])).toEqual([fair]);
    expect(fastestOf([fair, disturbed], { psnr: 0, ssim: 0 })).toBe(fair);
    expect(speedInWords(disturbed)).toBe("a disturbed measurement: 4.00 times, but the ideal is 2.10");
    expect(speedInWords(fair)).toBe("2.00 times as fast (ideal 2.10)");
    expect(speedInWords(trial("fora", 2, 30))).toBe("2.00 times as fast");
  });
});
