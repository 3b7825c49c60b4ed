import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { msSsim, msSsimScales } from "../../src/engine/metrics/ms-ssim.js";
import { ssim } from "../../src/engine/metrics/ssim.js";

// Written by tests/reference/ms_ssim.py with pytorch-msssim.
const { cases } = JSON.parse(readFileSync(new URL("../fixtures/ms-ssim.json", import.meta.url), "utf8")) as {
  cases: {
    height: number;
    width: number;
    strength: number;
    scales: number;
    scaleByScale: number;
    whole?: number;
  }[];
};

/** The formula of the reference script. */
const images = (height: number, width: number, strength: number): readonly [Float64Array, Float64Array] => {
  const a = Float64Array.from(
    { length: height * width },
    (_, i) => (Math.sin(i * 0.37) * Math.cos(i * 0.011)) / 2 + 0.5,
  );
  return [a, a.map((value, i) => Math.min(1, Math.max(0, value + strength * Math.sin(i * 1.7 + 0.5))))];
};

describe("msSsim", () => {
  it.each(cases)("equals pytorch-msssim at $height × $width on $scales scales", (one) => {
    const { height, width, strength, scales, scaleByScale } = one;
    expect(msSsimScales(height, width)).toBe(scales);
    const found = msSsim(...images(height, width, strength), height, width);
    expect(Math.abs(found.msSsim - scaleByScale)).toBeLessThan(1e-6);
    expect(found.ssim).toBe(ssim(...images(height, width, strength), height, width).ssim);
  });

  it("equals its whole function where five scales fit", () => {
    const five = cases.filter(({ scales }) => scales === 5);
    expect(five.length).toBe(2);
    for (const { height, width, strength, whole } of five)
      expect(
        Math.abs(msSsim(...images(height, width, strength), height, width).msSsim - (whole as number)),
      ).toBeLessThan(2e-6);
  });

  it("takes the scales that fit: 176 pixels have five, 175 four, 11 one, which is SSIM", () => {
    expect([176, 175, 88, 87, 44, 22, 21, 11].map((size) => msSsimScales(size, 400))).toEqual([5, 4, 4, 3, 3, 2, 1, 1]);
    const [a, b] = images(11, 16, 0.2);
    const { msSsim: many, ssim: one } = msSsim(a, b, 11, 16);
    expect(many).toBeCloseTo(one, 12);
  });

  it("is 1 for equal images, symmetric, falls with noise, and is 0 where structure is turned over", () => {
    const [a] = images(48, 48, 0);
    expect(msSsim(a, a, 48, 48).msSsim).toBeCloseTo(1, 12);
    const noisy = [0.05, 0.1, 0.2, 0.4].map((strength) => images(48, 48, strength)[1]);
    const found = noisy.map((b) => msSsim(a, b, 48, 48).msSsim);
    expect(found).toEqual(found.toSorted((x, y) => y - x));
    for (const [at, b] of noisy.entries()) expect(msSsim(b, a, 48, 48).msSsim).toBeCloseTo(found[at] as number, 12);
    const over = a.map((value) => 1 - value);
    expect(msSsim(a, over, 48, 48).msSsim).toBe(0);
  });
});
