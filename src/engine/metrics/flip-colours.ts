// Colour spaces of FLIP, each a triple of numbers: sRGB over [0, 1] → linear RGB → XYZ → YCxCz, and CIELAB with the Hunt
// effect. D65; the matrix is that of IEC 61966-2-1 in whole numbers, so that its inverse is exact.

export type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const toXyz: Matrix = [
  [10135552 / 24577794, 8788810 / 24577794, 4435075 / 24577794],
  [2613072 / 12288897, 8788810 / 12288897, 887015 / 12288897],
  [1425312 / 73733382, 8788810 / 73733382, 70074185 / 73733382],
];

// Written out: asked for every pixel, and lists that are made on the way take several times as long.
const times = ([a, b, c]: Matrix, [x, y, z]: Triple): Triple => [
  a[0] * x + a[1] * y + a[2] * z,
  b[0] * x + b[1] * y + b[2] * z,
  c[0] * x + c[1] * y + c[2] * z,
];

const cross = ([a, b, c]: Triple, [d, e, f]: Triple): Triple => [b * f - c * e, c * d - a * f, a * e - b * d];

const fromXyz: Matrix = (() => {
  const [first, second, third] = toXyz;
  const columns = [cross(second, third), cross(third, first), cross(first, second)] as const;
  const [a, b, c] = columns[0];
  const determinant = first[0] * a + first[1] * b + first[2] * c;
  const row = (at: 0 | 1 | 2): Triple => [
    columns[0][at] / determinant,
    columns[1][at] / determinant,
    columns[2][at] / determinant,
  ];
  return [row(0), row(1), row(2)];
})();

const white = times(toXyz, [1, 1, 1]);

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** Luminance and two opponent colours, in which the eye's filters are known. @param rgb sRGB over [0, 1] */
export const ycxczOf = ([red, green, blue]: Triple): Triple => {
  const xyz = times(toXyz, [linear(red), linear(green), linear(blue)]);
  const [x, y, z] = [xyz[0] / white[0], xyz[1] / white[1], xyz[2] / white[2]];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

const cubeRoot = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);

/** L*, a*, b* of a linear colour, a* and b* fading with the luminance as colours do for the eye (Hunt 1952). */
const huntOf = (rgb: Triple): Triple => {
  const xyz = times(toXyz, rgb);
  const [x, y, z] = [cubeRoot(xyz[0] / white[0]), cubeRoot(xyz[1] / white[1]), cubeRoot(xyz[2] / white[2])];
  const lightness = 116 * y - 16;
  return [lightness, 0.01 * lightness * 500 * (x - y), 0.01 * lightness * 200 * (y - z)];
};

const onScreen = (value: number): number => Math.min(1, Math.max(0, value));

/** What a filtered colour looks like: cut off to what a screen shows, then L*, a*, b* with the Hunt effect. */
export const labOf = ([luminance, cx, cz]: Triple): Triple => {
  const y = (luminance + 16) / 116;
  const rgb = times(fromXyz, [(cx / 500 + y) * white[0], y * white[1], (y - cz / 200) * white[2]]);
  return huntOf([onScreen(rgb[0]), onScreen(rgb[1]), onScreen(rgb[2])]);
};

/** HyAB, a distance for large differences: |ΔL*| + √(Δa*² + Δb*²) (Abasi et al. 2020). */
export const distance = (a: Triple, b: Triple): number => Math.abs(a[0] - b[0]) + Math.hypot(a[1] - b[1], a[2] - b[2]);

/** The largest distance on a screen, that of green and blue. */
export const largestDistance = distance(huntOf([0, 1, 0]), huntOf([0, 0, 1]));
