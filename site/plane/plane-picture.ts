import type { Points } from "./walk.js";

// Geometry of the picture: the plane's y points up, SVG's down.

/** Half the side of the part of the plane that is shown. */
export const reach = 4;

const short = (value: number): string => String(Math.round(value * 100) / 100);
const at = (points: Points, one: number): string =>
  `${short(points[2 * one] as number)} ${short(-(points[2 * one + 1] as number))}`;

/** Where all points are between two steps: Euler's way is straight. */
export const between = (from: Points, to: Points, share: number): Points =>
  from.map((value, index) => value + share * ((to[index] as number) - value));

/** The ways of all points through `places`, as one path. */
export const waysOf = (places: readonly Points[]): string => {
  const [first] = places;
  return Array.from(
    { length: (first?.length ?? 0) / 2 },
    (_, one) => `M${places.map((points) => at(points, one)).join("L")}`,
  ).join("");
};

/** A place to each side of the middle, in rows: where the arrows of the field stand. */
export const lattice = (side: number): Points =>
  Float32Array.from({ length: 2 * side * side }, (_, index) => {
    const one = index >> 1;
    const along = index % 2 === 0 ? one % side : Math.floor(one / side);
    return ((along + 0.5) / side - 0.5) * 2 * reach;
  });

/** An arrow of the field, with a dot at its tail, at each of `points`; as long as the velocity, up to `longest`. */
export const fieldPath = (
  points: Points,
  arrows: Points,
  { scale, longest }: { readonly scale: number; readonly longest: number },
): string =>
  Array.from({ length: points.length / 2 }, (_, one) => {
    const [vx, vy] = [-(arrows[2 * one] as number), arrows[2 * one + 1] as number];
    const length = Math.hypot(vx, vy);
    const shrink = length > 0 ? Math.min(scale, longest / length) : 0;
    return `M${at(points, one)}l${short(vx * shrink)} ${short(vy * shrink)}`;
  }).join("");

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A point of a number `one`, in the picture. */
export const placeOf = (points: Points, one: number): Place => ({
  x: points[2 * one] as number,
  y: -(points[2 * one + 1] as number),
});

/** Where an arrow from a place ends: the way to the clip runs against the velocity. */
export const tipOf = (from: Place, arrows: Points, one: number, scale: number): Place => {
  const { x, y } = placeOf(arrows, one);
  return { x: from.x - scale * x, y: from.y - scale * y };
};

/** The lines of an arrow's head. */
export const headOf = (from: Place, tip: Place, size: number): string => {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const side = (turn: number) =>
    `${short(tip.x - size * Math.cos(angle + turn))} ${short(tip.y - size * Math.sin(angle + turn))}`;
  return `M${side(0.45)}L${short(tip.x)} ${short(tip.y)}L${side(-0.45)}`;
};
