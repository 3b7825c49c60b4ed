import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("site/styles/theme.css", "utf8");
const [dark = "", light = ""] = css.split(':root[data-theme="light"]');

type Rgb = readonly [red: number, green: number, blue: number];

/** Linear light, 0 … 1. */
const colour = (rules: string, name: string): Rgb => {
  const [, hex] = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(rules) ?? [];
  if (hex === undefined) throw new Error(`theme.css has no --${name}`);
  return [0, 2, 4].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
};
const times = (matrix: readonly Rgb[], [red, green, blue]: Rgb): Rgb =>
  matrix.map(([a, b, c]) => Math.min(1, Math.max(0, a * red + b * green + c * blue))) as unknown as Rgb;

/** WCAG 2.2: 1 … 21. */
const contrast = (a: Rgb, b: Rgb): number => {
  const luminance = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const [less, more] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
  return (more + 0.05) / (less + 0.05);
};

/** CIE 1976, white D65. */
const lab = (rgb: Rgb): Rgb => {
  const [x, y, z] = times(
    [
      [0.4339, 0.3762, 0.1899],
      [0.2126, 0.7152, 0.0722],
      [0.0178, 0.1095, 0.8727],
    ],
    rgb,
  ).map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)) as unknown as Rgb;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const eyes: Readonly<Record<string, readonly Rgb[]>> = {
  "all cones": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const series = ["dc-teal", "dc-teal-2", "dc-amber", "dc-amber-2", "dc-ink"];
const pairs = (names: readonly string[]): string[][] =>
  names.flatMap((name, at) => names.slice(at + 1).map((other) => [name, other]));

describe.each([
  ["dark", dark],
  ["light", light],
])("the palette on a %s page", (_, rules) => {
  it("has a contrast of at least 3 to the page and to panels", () => {
    for (const name of series)
      for (const ground of ["sl-color-black", "dc-panel"])
        expect(contrast(colour(rules, name), colour(rules, ground)), `${name} on ${ground}`).toBeGreaterThanOrEqual(3);
  });

  it("has a contrast of at least 3 between computed and reused cells", () => {
    expect(contrast(colour(rules, "dc-teal"), colour(rules, "dc-teal-pale"))).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.entries(eyes))("is told apart with %s", (_name, matrix) => {
    for (const [one = "", other = ""] of pairs([...series, "dc-teal-pale"])) {
      const [a, b] = [one, other].map((name) => lab(times(matrix, colour(rules, name)))) as [Rgb, Rgb];
      expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]), `${one}, ${other}`).toBeGreaterThan(12);
    }
  });
});
