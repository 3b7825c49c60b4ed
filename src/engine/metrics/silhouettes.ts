// Signed distances of the domain's shapes, as training/render.py draws them (after Inigo Quilez's catalogue), and soft
// masks of them. Lengths are fractions of a frame's side, y downward.

type Distance = (x: number, y: number, r: number) => number;

const third = Math.sqrt(3) / 2;
const length = Math.hypot;
const box = (x: number, y: number, halfX: number, halfY: number): number =>
  Math.max(Math.abs(x) - halfX, Math.abs(y) - halfY);

/** Five points: folds the plane three times onto one edge. */
const star: Distance = (px, py, r) => {
  const [kx, ky] = [0.809016994375, -0.587785252292];
  let [x, y] = [Math.abs(px), -py];
  for (const sign of [1, -1]) {
    const fold = 2 * Math.max(0, sign * kx * x + ky * y);
    [x, y] = [x - fold * sign * kx, y - fold * ky];
  }
  [x, y] = [Math.abs(x), y - r];
  const [bx, by] = [-ky * 0.45, kx * 0.45 - 1];
  const along = Math.min(r, Math.max(0, (x * bx + y * by) / (bx * bx + by * by)));
  return length(x - bx * along, y - by * along) * Math.sign(y * bx - x * by);
};

/** Negative inside; by the words of the slot "shape". */
export const shapes: Readonly<Record<string, Distance>> = {
  circle: (x, y, r) => length(x, y) - r,
  square: (x, y, r) => box(x, y, 0.86 * r, 0.86 * r),
  triangle: (x, y, r) => Math.max(third * x - 0.5 * y, -third * x - 0.5 * y, y) - 0.58 * r,
  ring: (x, y, r) => Math.abs(length(x, y) - 0.74 * r) - 0.27 * r,
  star: (x, y, r) => star(x, y, 1.2 * r),
  cross: (x, y, r) => Math.min(box(x, y, 1.02 * r, 0.36 * r), box(x, y, 0.36 * r, 1.02 * r)),
};

/** Degrees after which a shape looks the same again. */
export const periods: Readonly<Record<string, number>> = {
  circle: 360,
  square: 90,
  triangle: 120,
  ring: 360,
  star: 72,
  cross: 90,
};

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly degrees: number;
}

/** A mask of side × side, 0 to 1, with one pixel of soft edge. */
export const silhouette = (shape: string, { x: cx, y: cy, r, degrees }: Placed, side: number): Float32Array => {
  const distance = shapes[shape] as Distance;
  const turn = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const mask = new Float32Array(side * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const [dx, dy] = [(column + 0.5) / side - cx, (row + 0.5) / side - cy];
      const inside = 0.5 - distance(dx * cos + dy * sin, dy * cos - dx * sin, r) * side;
      mask[row * side + column] = Math.min(1, Math.max(0, inside));
    }
  return mask;
};

const areas = new Map<string, number>();

/** Area of a shape of radius 1. */
export const unitArea = (shape: string): number => {
  const found = areas.get(shape);
  if (found !== undefined) return found;
  const mask = silhouette(shape, { x: 0.5, y: 0.5, r: 0.25, degrees: 0 }, 512);
  const area = (16 * mask.reduce((sum, value) => sum + value, 0)) / mask.length;
  areas.set(shape, area);
  return area;
};
