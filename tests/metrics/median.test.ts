import { expect, test } from "vitest";
import { lowerMedian, median } from "../../src/engine/metrics/median.js";

test("the middle value, or the mean of the two middle ones, by size and not by digits", () => {
  for (const values of [
    [10, 9, 2],
    [2, 10, 9],
    [9, 2, 10],
  ])
    expect(median(values)).toBe(9); // prettier-ignore
  expect(median([10, 9, 2, 1])).toBe(5.5);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

test("the lower of the two middle ones, as torch.median has it", () => {
  expect(lowerMedian([10, 9, 2])).toBe(9);
  expect(lowerMedian([10, 9, 2, 1])).toBe(2);
  expect(lowerMedian([])).toBe(0);
});
