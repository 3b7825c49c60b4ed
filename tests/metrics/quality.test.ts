import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareClips, readInfinity, writeInfinity } from "../../src/engine/metrics/quality.js";
import { sizeOf, type Tensor } from "../../src/engine/tensor.js";
import { engineError } from "../error.js";

// Written by tests/reference/quality.py with scikit-image.
const { cases } = JSON.parse(readFileSync(new URL("../fixtures/quality.json", import.meta.url), "utf8")) as {
  cases: { shape: number[]; strength: number; psnr: number; ssim: number; maxError: number }[];
};

/** The formula of the reference script. */
const clips = (dims: readonly number[], strength: number): readonly [Tensor, Tensor] => {
  const a = Float64Array.from({ length: sizeOf(dims) }, (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.011) * 1.1);
  const b = a.map((value, i) => value + strength * Math.sin(i * 1.7 + 0.5));
  return [
    { dims, data: Float32Array.from(a) },
    { dims, data: Float32Array.from(b) },
  ];
};

const filled = (dims: readonly number[], value: number): Tensor => ({
  dims,
  data: new Float32Array(sizeOf(dims)).fill(value),
});
const shape = [1, 3, 2, 16, 16];

describe("compareClips", () => {
  it.each(cases)("equals scikit-image for $shape disturbed by $strength", ({ shape, strength, ...expected }) => {
    const quality = compareClips(...clips(shape, strength));
    expect(Math.abs(quality.psnr - expected.psnr)).toBeLessThan(1e-3);
    expect(Math.abs(quality.ssim - expected.ssim)).toBeLessThan(1e-7);
    expect(Math.abs(quality.maxError - expected.maxError)).toBeLessThan(1e-7);
  });

  it("finds identical clips infinitely close, in memory and through JSON", () => {
    const [clip] = clips(shape, 0);
    const quality = compareClips(clip, clip);
    expect(quality).toEqual({
      ...{
        psnr: Number.POSITIVE_INFINITY,
        ssim: expect.closeTo(1, 12),
        maxError: 0,
        temporalError: 0,
        flickerIndex: 0,
      },
      ...{ msSsim: expect.closeTo(1, 12), msSsimScales: 1, flip: 0 },
    });
    const text = JSON.stringify({ quality, steps: 20 }, writeInfinity);
    expect(text).toContain('"psnr":1.7976931348623157e+308');
    expect(JSON.parse(text, readInfinity)).toEqual({ quality, steps: 20 });
  });

  it("measures over [0, 1]: a distance of 0.2 in pixels is 0.1, and 20 dB", () => {
    const quality = compareClips(filled(shape, 0.1), filled(shape, -0.1));
    expect(quality.maxError).toBeCloseTo(0.1, 7);
    expect(quality.psnr).toBeCloseTo(20, 5);
  });

  it("does not see what lies outside of [−1, 1]", () => {
    expect(compareClips(filled(shape, 1), filled(shape, 3)).psnr).toBe(Number.POSITIVE_INFINITY);
    expect(compareClips(filled(shape, -1), filled(shape, Number.NEGATIVE_INFINITY)).maxError).toBe(0);
  });

  it("is symmetric, and worse for a stronger disturbance", () => {
    const [a, b] = clips(shape, 0.2);
    expect(compareClips(a, b)).toEqual(compareClips(b, a));
    const worse = compareClips(...clips(shape, 0.4));
    expect(worse.psnr).toBeLessThan(compareClips(a, b).psnr);
    expect(worse.ssim).toBeLessThan(compareClips(a, b).ssim);
  });

  it("counts every clip, channel and frame the same", () => {
    const [a, b] = clips([2, 3, 4, 12, 12], 0.3);
    const parts = Array.from({ length: 24 }, (_, i) => {
      const part = ({ data }: Tensor) => ({ dims: [1, 1, 1, 12, 12], data: data.subarray(i * 144, (i + 1) * 144) });
      return compareClips(part(a), part(b)).ssim;
    });
    expect(compareClips(a, b).ssim).toBeCloseTo(parts.reduce((sum, x) => sum + x, 0) / 24, 12);
  });

  it("refuses clips of two shapes, of four axes, of small frames, and NaN", () => {
    engineError("input-invalid", () => compareClips(filled(shape, 0), filled([1, 3, 1, 16, 16], 0)));
    engineError("input-invalid", () => compareClips(filled([3, 2, 16, 16], 0), filled([3, 2, 16, 16], 0)));
    engineError("input-invalid", () => compareClips(filled([0, 3, 2, 16, 16], 0), filled([0, 3, 2, 16, 16], 0)));
    const small = engineError("input-invalid", () =>
      compareClips(filled([1, 1, 1, 10, 40], 0), filled([1, 1, 1, 10, 40], 0)),
    );
    expect(small.message).toContain("10 × 40");
    engineError("not-finite", () => compareClips(filled(shape, 0), filled(shape, Number.NaN)));
  });
});
