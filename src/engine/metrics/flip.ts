import { distance, labOf, largestDistance, type Triple, ycxczOf } from "./flip-colours.js";

/** A screen of 3840 pixels over 0.7 m, seen from 0.7 m: what FLIP takes where nothing else is said. */
export const pixelsPerDegree = (0.7 * 3840 * Math.PI) / (0.7 * 180);

type Plane = Float64Array;
type Kernel = Float64Array;

interface Size {
  readonly height: number;
  readonly width: number;
}

const range = (radius: number): Kernel => Float64Array.from({ length: 2 * radius + 1 }, (_, at) => at - radius);

/** Two passes, along rows and along columns; what lies outside has the value of the edge. */
const filtered = (plane: Plane, { height, width }: Size, along: Kernel, down: Kernel): Plane => {
  const radius = (along.length - 1) / 2;
  const between = new Float64Array(plane.length);
  const result = new Float64Array(plane.length);
  const line = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    line.fill(plane[y * width] as number, 0, radius);
    line.set(plane.subarray(y * width, (y + 1) * width), radius);
    line.fill(plane[(y + 1) * width - 1] as number, radius + width);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < along.length; k++) sum += (along[k] as number) * (line[x + k] as number);
      between[y * width + x] = sum;
    }
  }
  for (let y = 0; y < height; y++)
    for (let k = 0; k < down.length; k++) {
      const row = Math.min(height - 1, Math.max(0, y + k - radius));
      const weight = down[k] as number;
      for (let x = 0; x < width; x++)
        result[y * width + x] = (result[y * width + x] as number) + weight * (between[row * width + x] as number);
    }
  return result;
};

/** Contrast sensitivity of the eye for luminance, red–green and blue–yellow: Gaussians a √(π/b) exp(−π² r² / b), r in degrees. */
const sensitivities = [
  [[1, 0.0047]],
  [[1, 0.0053]],
  [
    [34.1, 0.04],
    [13.5, 0.025],
  ],
] as const;

/** The planes of a picture as the eye blurs them. */
const blurred = (planes: readonly Plane[], size: Size): readonly Plane[] => {
  const radius = Math.ceil(3 * Math.sqrt(0.04 / (2 * Math.PI ** 2)) * pixelsPerDegree);
  return planes.map((plane, channel) => {
    const terms = (sensitivities[channel] as readonly (readonly [number, number])[]).map(([a, b]) => {
      const bell = range(radius).map((x) => Math.exp((-(Math.PI ** 2) * (x / pixelsPerDegree) ** 2) / b));
      const kernel = bell.filter((one) => one > 1e-7); // what is smaller changes no digit, and takes its time
      const sum = kernel.reduce((total, one) => total + one, 0);
      return { kernel, weight: a * Math.sqrt(Math.PI / b), sum };
    });
    const total = terms.reduce((all, { weight, sum }) => all + weight * sum * sum, 0);
    const result = new Float64Array(plane.length);
    for (const { kernel, weight } of terms)
      filtered(plane, size, kernel, kernel).forEach((value, at) => {
        result[at] = (result[at] as number) + (weight / total) * value;
      });
    return result;
  });
};

const colourExponent = 0.7;
const largest = largestDistance ** colourExponent;

/** Distances up to 0.4 of the largest become 0 … 0.95, since larger ones look the same. */
const compressed = (between: number): number => {
  const knee = 0.4 * largest;
  return between < knee ? (0.95 * between) / knee : 0.95 + (0.05 * (between - knee)) / (largest - knee);
};

/** A kernel whose positive numbers sum to 1 and whose negative ones to −1. */
const balanced = (kernel: Kernel): Kernel => {
  const sums = [1, -1].map((sign) => kernel.reduce((sum, one) => sum + Math.max(0, sign * one), 0));
  return kernel.map((one) => one / (one > 0 ? (sums[0] as number) : (sums[1] as number) || 1));
};

/** Strength of edges and of points in the luminance, by the first and the second derivative of a Gaussian. */
const featuresOf = (luminance: Plane, size: Size): readonly [Plane, Plane] => {
  const sigma = 0.5 * 0.082 * pixelsPerDegree;
  const at = range(Math.ceil(3 * sigma));
  const bell = at.map((x) => Math.exp(-(x * x) / (2 * sigma * sigma)));
  const smooth = balanced(bell);
  const strength = (kernel: Kernel): Plane => {
    const across = filtered(luminance, size, kernel, smooth);
    const down = filtered(luminance, size, smooth, kernel);
    return across.map((one, index) => Math.sqrt(one ** 2 + (down[index] as number) ** 2));
  };
  const derivative = (of: (x: number) => number): Kernel => balanced(at.map((x, i) => of(x) * (bell[i] as number)));
  return [strength(derivative((x) => -x)), strength(derivative((x) => (x / sigma) ** 2 - 1))];
};

/** What FLIP compares of one picture: colours as the eye blurs them, edges and points. */
const seen = (planes: readonly Plane[], size: Size) => {
  const [first, second, third] = planes as [Plane, Plane, Plane];
  const opponents = [0, 1, 2].map(() => new Float64Array(first.length));
  const [luminance, redGreen, blueYellow] = opponents as [Plane, Plane, Plane];
  for (let at = 0; at < first.length; at++) {
    const colour = ycxczOf([first[at] as number, second[at] as number, third[at] as number]);
    [luminance[at], redGreen[at], blueYellow[at]] = colour;
  }
  const [y, cx, cz] = blurred(opponents, size) as [Plane, Plane, Plane];
  const relative = luminance.map((one) => (one + 16) / 116);
  const [edges, points] = featuresOf(relative, size);
  return {
    colour: (at: number): Triple => labOf([y[at] as number, cx[at] as number, cz[at] as number]),
    edges,
    points,
  };
};

/**
 * FLIP, the difference that is seen when two pictures are shown in turn at the same place: LDR-FLIP of Andersson et al.
 * (Proc. ACM Comput. Graph. Interact. Tech. 3(2), 2020) at 67 pixels per degree, as flip-evaluator computes it, whose
 * filters have been separable since its version 1.4. Colour difference after the eye's blur, made larger where edges or
 * points come or go. 0 … 1 for each pixel, lower is better; symmetric.
 *
 * @param reference, test planes of red, green and blue, [height, width] each, sRGB over [0, 1]
 */
export const flipMap = (reference: readonly Plane[], test: readonly Plane[], size: Size): Float64Array => {
  const [one, other] = [seen(reference, size), seen(test, size)];
  return one.edges.map((edge, at) => {
    const colour = compressed(distance(one.colour(at), other.colour(at)) ** colourExponent);
    const feature = Math.max(
      Math.abs(edge - (other.edges[at] as number)),
      Math.abs((one.points[at] as number) - (other.points[at] as number)),
    );
    return colour ** (1 - Math.sqrt(feature / Math.SQRT2));
  });
};
