import { describe, expect, it } from "vitest";
import { compareClips, errorMap } from "../../src/engine/metrics/quality.js";
import type { Tensor } from "../../src/engine/tensor.js";
import { engineError } from "../error.js";

const [height, width] = [12, 12];

/** A grey clip whose pixel is given for each frame, 0 … 1. */
const clip = (frames: readonly ((at: number) => number)[], channels = 3): Tensor => ({
  dims: [1, channels, frames.length, height, width],
  data: Float32Array.from({ length: channels * frames.length * height * width }, (_, i) => {
    const frame = Math.floor(i / (height * width)) % frames.length;
    return 2 * (frames[frame] as (at: number) => number)(i % (height * width)) - 1;
  }),
});
const flat = (...values: readonly number[]): Tensor => clip(values.map((value) => () => value));
const noise = (strength: number, seed: number) => (at: number) =>
  0.5 + strength * Math.sin((at + 1) * 12.9898 * seed + seed * seed);
const still = flat(0.5, 0.5, 0.5, 0.5);

describe("temporal error and flicker index", () => {
  it("are 0 between equal clips, and of an error that stands still", () => {
    expect(compareClips(still, still)).toMatchObject({ temporalError: 0, flickerIndex: 0 });
    const brighter = compareClips(still, flat(0.6, 0.6, 0.6, 0.6));
    expect(brighter.temporalError).toBeCloseTo(0, 6);
    expect(brighter.flickerIndex).toBeCloseTo(0, 6);
    expect(brighter.psnr).toBeCloseTo(20, 4);
  });

  it("tell apart what PSNR and SSIM do not: an error of 0.1 that stands still, that comes once, that alternates", () => {
    const [stands, once, alternates] = [
      flat(0.6, 0.6, 0.6, 0.6),
      flat(0.4, 0.4, 0.6, 0.6),
      flat(0.6, 0.4, 0.6, 0.4),
    ].map((one) => compareClips(still, one));
    for (const one of [once, alternates]) expect(one?.psnr).toBeCloseTo(stands?.psnr as number, 4);
    // By hand: e is 0.1 in size; of three changes one is 0.2, or all are.
    expect(once?.temporalError).toBeCloseTo(0.2 / Math.sqrt(3), 6);
    expect(once?.flickerIndex).toBeCloseTo(0.04 / (2 * 3 * 0.02), 6);
    expect(alternates?.temporalError).toBeCloseTo(0.2, 6);
    expect(alternates?.flickerIndex).toBeCloseTo(1, 6);
  });

  it("reach their ends: 2 and 1 for black and white in turn against white and black", () => {
    expect(compareClips(flat(0, 1, 0), flat(1, 0, 1))).toMatchObject({ temporalError: 2, flickerIndex: 1 });
  });

  it("ask how the error moves, not the clip: motion that both have counts nothing", () => {
    const found = compareClips(flat(0, 1, 0, 1), flat(0.1, 0.9, 0.1, 0.9));
    expect(found.temporalError).toBeCloseTo(0.2, 6);
    const moved = compareClips(flat(0.1, 0.8, 0.3), flat(0.2, 0.9, 0.4));
    expect(moved.temporalError).toBeCloseTo(0, 6);
  });

  it("are symmetric; the error grows with noise that is new in each frame, of which half changes", () => {
    const noisy = [0.01, 0.05, 0.2].map((strength) => clip([1, 2, 3, 4].map((frame) => noise(strength, frame))));
    const found = noisy.map((one) => compareClips(still, one));
    const errors = found.map(({ temporalError }) => temporalError as number);
    expect(errors).toEqual(errors.toSorted((a, b) => a - b));
    expect((errors[2] as number) / (errors[0] as number)).toBeCloseTo(20, 2);
    for (const { flickerIndex } of found) expect(flickerIndex).toBeCloseTo(0.5, 1);
    const other = compareClips(noisy[1] as Tensor, still);
    expect(other.temporalError).toBe(found[1]?.temporalError);
    expect(other.flickerIndex).toBe(found[1]?.flickerIndex);
  });

  it("are not there for a single frame", () => {
    const quality = compareClips(flat(0.5), flat(0.6));
    expect(quality).not.toHaveProperty("temporalError");
    expect(quality).not.toHaveProperty("flickerIndex");
  });
});

describe("errorMap", () => {
  it("says for each pixel and frame what moves: nothing in the first one, and the whole is the temporal error", () => {
    const spot = (value: number) => (at: number) => (at === 30 ? value : 0.5);
    const flickering = clip([0.5, 0.9, 0.5].map(spot), 1);
    const map = errorMap(clip([0.5, 0.5, 0.5].map(spot), 1), flickering, "temporal");
    expect(map.dims).toEqual([1, 1, 3, height, width]);
    const size = height * width;
    expect([...map.data].flatMap((value, at) => (value > 1e-6 ? [at] : []))).toEqual([size + 30, 2 * size + 30]);
    expect(map.data[size + 30]).toBeCloseTo(0.4, 6);
    const all = clip([1, 2, 3].map((frame) => noise(0.2, frame)));
    const reference = flat(0.5, 0.5, 0.5);
    const squares = errorMap(reference, all, "temporal").data.reduce((sum, one) => sum + one * one, 0);
    const { temporalError } = compareClips(reference, all);
    expect(Math.sqrt(squares / (2 * size))).toBeCloseTo(temporalError as number, 6);
  });

  it("is FLIP for each frame, whose mean is that of the clip; grey counts as a colour", () => {
    const frames = [1, 2].map((frame) => noise(0.2, frame));
    const [colour, grey] = [3, 1].map((channels) => [clip([() => 0.5, () => 0.5], channels), clip(frames, channels)]);
    const map = errorMap(...(colour as [Tensor, Tensor]), "flip");
    expect(map.dims).toEqual([1, 1, 2, height, width]);
    const { flip } = compareClips(...(colour as [Tensor, Tensor]));
    expect(map.data.reduce((sum, one) => sum + one, 0) / map.data.length).toBeCloseTo(flip as number, 12);
    expect(errorMap(...(grey as [Tensor, Tensor]), "flip").data).toEqual(map.data);
  });

  it("refuses clips of two shapes and FLIP of latents", () => {
    engineError("input-invalid", () => errorMap(still, flat(0.5), "temporal"));
    const latents = clip([() => 0.5, () => 0.5], 4);
    expect(engineError("input-invalid", () => errorMap(latents, latents, "flip")).message).toContain("these have 4");
    expect(compareClips(latents, latents)).not.toHaveProperty("flip");
  });
});
