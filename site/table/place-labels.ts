export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Label extends Point {
  readonly anchor: "start" | "middle" | "end";
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** A label of 13 px in a usual face. */
const [charWidth, lineHeight] = [7.2, 15];

const boxOf = (text: string, { x, y, anchor }: Label): Box => {
  const width = charWidth * text.length;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - lineHeight + 3, bottom: y + 3 };
};

const around = ({ x, y }: Point): readonly Label[] =>
  [0, 14, -14, 28, -28, 42, -42].flatMap((dy): Label[] => [
    { x: x + (dy === 0 ? 10 : 8), y: y + 4 + dy, anchor: "start" },
    { x: x - (dy === 0 ? 10 : 8), y: y + 4 + dy, anchor: "end" },
    ...(Math.abs(dy) >= 14 ? [{ x, y: y + 4 + dy * 1.15, anchor: "middle" } as const] : []),
  ]);

/**
 * Where the names of points go: each near its point, the places tried in turn, the one that covers least of points and
 * names so far. Points that stand alone also keep their place.
 */
export const placeLabels = (
  points: readonly (Point & { readonly text: string })[],
  others: readonly Point[],
  { width, height }: { readonly width: number; readonly height: number },
): readonly Label[] => {
  const taken: Box[] = [...points, ...others].map(({ x, y }) => ({
    left: x - 7,
    right: x + 7,
    top: y - 7,
    bottom: y + 7,
  }));
  return points.map((point) => {
    const cost = (label: Label): number => {
      const box = boxOf(point.text, label);
      const outside = box.left < 0 || box.right > width || box.top < 0 || box.bottom > height ? 1e6 : 0;
      return outside + taken.reduce((sum, one) => sum + overlap(one, box), 0);
    };
    const places = around(point);
    const best = places.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    taken.push(boxOf(point.text, best));
    return best;
  });
};
