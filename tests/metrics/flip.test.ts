import { readFileSync } from "node:fs";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { flipMap } from "../../src/engine/metrics/flip.js";

// Pictures and values by tests/reference/flip.py, with the package flip-evaluator.
const folder = new URL("../fixtures/flip/", import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL("values.json", folder), "utf8")) as {
  cases: { name: string; mean: number; every7th: number[] }[];
};

const picture = (name: string) => {
  const { data, width, height } = PNG.sync.read(readFileSync(new URL(`${name}.png`, folder)));
  const planes = [0, 1, 2].map((channel) =>
    Float64Array.from({ length: width * height }, (_, at) => (data[4 * at + channel] as number) / 255),
  );
  return { planes, size: { height, width } };
};
const mean = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const filled = (...colour: readonly number[]): Float64Array[] =>
  colour.map((value) => new Float64Array(30 * 30).fill(value));
const size = { height: 30, width: 30 };

describe("flipMap", () => {
  it.each(cases)("equals flip-evaluator for $name", ({ name, mean: expected, every7th }) => {
    const [a, b] = [picture(`${name}-a`), picture(`${name}-b`)];
    const map = flipMap(a.planes, b.planes, a.size);
    expect(Math.abs(mean(map) - expected)).toBeLessThan(1e-5);
    const apart = every7th.map((value, at) => Math.abs(value - (map[7 * at] as number)));
    expect(apart.length).toBe(Math.ceil(map.length / 7));
    expect(Math.max(...apart)).toBeLessThan(2e-4);
  });

  it("is 0 for equal pictures, 1 for what lies furthest apart, and symmetric", () => {
    const { planes, size: of } = picture("frame-a");
    expect(Math.max(...flipMap(planes, planes, of))).toBe(0);
    expect(mean(flipMap(filled(0, 1, 0), filled(0, 0, 1), size))).toBeCloseTo(1, 12);
    const other = picture("frame-b").planes;
    expect(flipMap(planes, other, of)).toEqual(flipMap(other, planes, of));
  });

  it("of two even greys is the colour difference alone, by hand", () => {
    // Grey 0.5 has L* 53.3890, grey 0.6 63.2226, and both a* and b* 0. Green is (87.735, −86.183, 83.180), blue (32.299,
    // 79.188, −107.857); with the Hunt effect they are 203.3 apart. A power of 0.7, and 0.4 of the largest becomes 0.95.
    const [green, blue] = [
      [87.735, -0.87735 * 86.183, 0.87735 * 83.18],
      [32.299, 0.32299 * 79.188, -0.32299 * 107.857],
    ] as const;
    const furthest = green[0] - blue[0] + Math.hypot(green[1] - blue[1], green[2] - blue[2]);
    const byHand = (0.95 / 0.4) * ((63.2226 - 53.389) / furthest) ** 0.7;
    expect(mean(flipMap(filled(0.5, 0.5, 0.5), filled(0.6, 0.6, 0.6), size))).toBeCloseTo(byHand, 4);
  });

  it("grows with noise, and lies in 0 … 1", () => {
    const { planes, size: of } = picture("gradient-a");
    const noisy = (strength: number) =>
      planes.map((plane) => plane.map((value, at) => Math.min(1, Math.max(0, value + strength * Math.sin(at * 7.3)))));
    const found = [0.02, 0.05, 0.1, 0.3].map((strength) => flipMap(planes, noisy(strength), of));
    expect(found.map(mean)).toEqual(found.map(mean).toSorted((a, b) => a - b));
    expect(mean(found[3] as Float64Array)).toBeGreaterThan(2 * mean(found[0] as Float64Array));
    expect(found.every((map) => map.every((one) => one >= 0 && one <= 1))).toBe(true);
  });
});
