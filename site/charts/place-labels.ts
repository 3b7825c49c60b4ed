/** A rectangle in pixels, y downwards. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A point with its name; `width` is that of the written name. */
export interface Named {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Where a name begins, on which side, and its middle line. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

const anchors = { start: 0, middle: 0.5, end: 1 } as const;

/** The places around a point, the best first: beside it, above, below, at the corners, then the same further away. */
const near: readonly Label[] = [
  { x: 9, y: 0, anchor: "start" },
  { x: -9, y: 0, anchor: "end" },
  { x: 0, y: -14, anchor: "middle" },
  { x: 0, y: 14, anchor: "middle" },
  { x: 8, y: -10, anchor: "start" },
  { x: 8, y: 10, anchor: "start" },
  { x: -8, y: -10, anchor: "end" },
  { x: -8, y: 10, anchor: "end" },
];
const places = [1, 1.4, 1.8, 2.4].flatMap((far) => near.map(({ x, y, anchor }): Label => ({ x, y: y * far, anchor })));

/** What covering costs: another name cannot be read any more, a point or a line can. */
const weight = { outside: 20, name: 5, point: 4 };
const [rounds, starts] = [6, 8];

/**
 * Places names beside their points, each where it covers least of what is there. In each round every name moves once; of
 * several beginnings the best end is taken, so that two names in each other's way find a third place.
 *
 * @param height of a written name
 * @param taken lines and words that no name should cover
 * @param frame what no name may leave
 */
export const placeLabels = (
  points: readonly Named[],
  height: number,
  taken: readonly Box[],
  frame: Box,
): readonly Label[] => {
  const dots = points.map(({ x, y }) => ({ x: x - 6, y: y - 6, width: 12, height: 12 }));
  const choices = points.map((point) =>
    places.map((place, rank) => {
      const label: Label = { ...place, x: point.x + place.x, y: point.y + place.y };
      const x = label.x - anchors[place.anchor] * point.width;
      const box: Box = { x, y: label.y - height / 2, width: point.width, height };
      const covered = (boxes: readonly Box[]): number => boxes.reduce((sum, one) => sum + overlap(box, one), 0);
      const outside = box.width * height - overlap(box, frame);
      return { label, box, cost: rank + weight.outside * outside + weight.point * covered(dots) + covered(taken) };
    }),
  );
  type Choice = (typeof choices)[number][number];
  const cost = (chosen: readonly Choice[], at: number, { box, cost }: Choice): number =>
    chosen.reduce((sum, other, k) => (k === at ? sum : sum + weight.name * overlap(box, other.box)), cost);
  const from = (start: number): { readonly chosen: readonly Choice[]; readonly total: number } => {
    const chosen = choices.map((tried, at) => tried[(start * (at + 1)) % tried.length] as Choice);
    for (let round = 0; round < rounds; round += 1)
      for (const [at, tried] of choices.entries())
        chosen[at] = tried.reduce((least, one) => (cost(chosen, at, one) < cost(chosen, at, least) ? one : least));
    return { chosen, total: chosen.reduce((sum, one, at) => sum + cost(chosen, at, one), 0) };
  };
  const tries = Array.from({ length: starts }, (_, start) => from(start));
  return tries.reduce((least, one) => (one.total < least.total ? one : least)).chosen.map(({ label }) => label);
};
