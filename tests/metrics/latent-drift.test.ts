import { describe, expect, it } from "vitest";
import { latentDrift } from "../../src/engine/metrics/latent-drift.js";
import { engineError } from "../error.js";

const of = (...values: readonly number[]): Float32Array => Float32Array.from(values);

describe("latentDrift", () => {
  it("is 0 between equal latents, also where they are zeros", () => {
    expect(latentDrift([of(1, -2), of(0, 0)], [of(1, -2), of(0, 0)])).toEqual({ l1: [0, 0], l2: [0, 0] });
  });

  it("is relative to the reference, by hand", () => {
    const { l1, l2 } = latentDrift([of(3, -4), of(0, 0)], [of(4, -2), of(1, 0)]);
    expect(l1).toEqual([3 / 7, Number.POSITIVE_INFINITY]);
    expect(l2).toEqual([expect.closeTo(Math.sqrt(5) / 5, 12), Number.POSITIVE_INFINITY]);
    expect(latentDrift([of(4, -2)], [of(3, -4)]).l1).toEqual([0.5]); // not symmetric
  });

  it("does not depend on the scale, and grows with the distance", () => {
    const [a, b] = [of(0.5, 1, -2), of(0.25, 1.5, -1.5)];
    const scaled = (by: number) => a.map((value, at) => value + by * ((b[at] as number) - value));
    expect(latentDrift([a.map((one) => 4 * one)], [b.map((one) => 4 * one)])).toEqual(latentDrift([a], [b]));
    const found = [0.25, 0.5, 1, 2].map((by) => latentDrift([a], [scaled(by)]).l2[0] as number);
    for (const [at, by] of [0.25, 0.5, 1, 2].entries()) expect(found[at]).toBeCloseTo(by * (found[2] as number), 6);
  });

  it("refuses runs of other numbers of steps or sizes", () => {
    engineError("input-invalid", () => latentDrift([of(1)], [of(1), of(2)]));
    engineError("input-invalid", () => latentDrift([of(1)], [of(1, 2)]));
  });
});
