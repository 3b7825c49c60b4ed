import { expect, test } from "vitest";
import {
  blockBoxes,
  frame,
  levelsOf,
  passBoxes,
  stepBoxes,
  subLayerBoxes,
  type View,
  zoom,
} from "../../../site/story/zoom.js";

const levels = levelsOf(20);
const tall = (width: number) => (width * frame.height) / frame.width;
const holds = (outer: View, inner: View) =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  inner.x + inner.width <= outer.x + outer.width + 1e-9 &&
  inner.y + tall(inner.width) <= outer.y + tall(outer.width) + 1e-9;

test("each level lies in the one above, and its boxes in its frame, without touching", () => {
  for (const [at, level] of levels.slice(1).entries()) expect(holds(levels[at] as View, level)).toBe(true);
  for (const boxes of [stepBoxes(20), stepBoxes(28), passBoxes, blockBoxes, subLayerBoxes])
    for (const [at, box] of boxes.entries()) {
      expect(holds({ x: 0, y: 0, width: frame.width }, box)).toBe(true);
      for (const other of boxes.slice(0, at))
        expect(other.x + other.width <= box.x || other.y + tall(other.width) <= box.y).toBe(true);
    }
});

test("on the way in, what is zoomed to stays in view, and the magnification grows by the same factor", () => {
  for (const [at, to] of levels.slice(1).entries()) {
    const from = levels[at] as View;
    const way = zoom(from, to);
    const widths = [0, 0.25, 0.5, 0.75, 1].map((share) => {
      expect(holds(way(share), to)).toBe(true);
      return way(share).width;
    });
    expect(widths[0]).toBeCloseTo(from.width, 9);
    const factors = widths.slice(1).map((width, index) => width / (widths[index] as number));
    for (const factor of factors) expect(factor).toBeCloseTo(factors[0] as number, 9);
    expect(way(1)).toEqual(to);
    expect(zoom(to, from)(1)).toEqual(from);
  }
});

test("between equal views nothing moves", () => {
  const [view] = levels as [View];
  expect(zoom(view, view)(0.5)).toEqual(view);
});
