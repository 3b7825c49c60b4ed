import { type Domain, nearest, squared } from "../text/domain.js";

/** Pixels of a clip, 0 to 1, red, green and blue of each; frame after frame, row after row. */
export interface Picture {
  readonly frames: number;
  readonly side: number;
  readonly pixels: readonly (readonly number[])[];
  /** Colour of the ground at each row. */
  readonly ground: readonly (readonly number[])[];
}

/** How shading darkens and lightens a colour. */
export const lights = Array.from({ length: 7 }, (_, index) => 0.85 + 0.05 * index);

/** A colour of the domain in a light. */
export const bodyOf = (domain: Domain, name: string, light = 1): number[] =>
  (domain.colours[name] as readonly number[]).map((value) => Math.min(1, (value / 255) * light));

/** The ground under a pixel. */
export const under = ({ ground, side }: Picture, index: number): readonly number[] =>
  ground[Math.floor(index / side) % side] as readonly number[];

const quantile = (values: Float32Array, share: number): number => {
  const sorted = values.toSorted();
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
};

/** Of the mean of the pixels that stand out most. */
const nearestColour = (picture: Picture, domain: Domain): string => {
  const away = Float32Array.from(picture.pixels, (pixel, index) => Math.sqrt(squared(pixel, under(picture, index))));
  const strong = 0.6 * quantile(away, 0.99);
  const standing = picture.pixels.filter((_, index) => (away[index] as number) > strong);
  const mean = [0, 1, 2].map(
    (channel) => standing.reduce((sum, pixel) => sum + (pixel[channel] as number), 0) / Math.max(1, standing.length),
  );
  return nearest(Object.keys(domain.colours), (name) =>
    Math.min(...lights.map((light) => squared(mean, bodyOf(domain, name, light)))),
  );
};

/** Which of the bodies, ground (-1) included, each pixel is nearest to. */
const labelsOf = (picture: Picture, bodies: readonly { readonly label: number; readonly body: number[] }[]) =>
  Int8Array.from(picture.pixels, (pixel, index) => {
    let [label, least] = [-1, squared(pixel, under(picture, index))];
    for (const one of bodies) {
      const error = squared(pixel, one.body);
      if (error < least) [label, least] = [one.label, error];
    }
    return label;
  });

/** Share of the pixels that are of each label, and whose neighbours are of it as well. */
const insideOf = (labels: Int8Array, { frames, side }: Picture, count: number): number[] => {
  const found = new Array<number>(count).fill(0);
  const within = (at: number): number => Math.min(side - 1, Math.max(0, at));
  for (let frame = 0; frame < frames; frame++)
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++) {
        const at = (y: number, x: number) => labels[(frame * side + within(y)) * side + within(x)] as number;
        const label = at(row, column);
        if (label < 0) continue;
        const near = [-1, 0, 1].every((dy) => [-1, 0, 1].every((dx) => at(row + dy, column + dx) === label));
        if (near) found[label] = (found[label] as number) + 1;
      }
  return found.map((pixels) => pixels / labels.length);
};

/** Share of a frame, on average, that the inside of a second object fills at the least: 4 pixels of 48 × 48. */
const solid = 0.0017;

/**
 * Colours of the one or two objects. Two where the insides of two colours are seen: the seam between two colours, which
 * may resemble a third, has no inside.
 */
export const coloursOf = (picture: Picture, domain: Domain): string[] => {
  const names = Object.keys(domain.colours);
  const bodies = names.flatMap((name, label) => lights.map((light) => ({ label, body: bodyOf(domain, name, light) })));
  const inside = insideOf(labelsOf(picture, bodies), picture, names.length);
  const most = names
    .map((name, label) => ({ name, share: inside[label] as number }))
    .toSorted((a, b) => b.share - a.share);
  const [first, second] = most;
  if (first && second && second.share > solid) return [first.name, second.name];
  return [nearestColour(picture, domain)];
};
