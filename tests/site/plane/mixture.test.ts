import { expect, test } from "vitest";
import { clusters, velocityAt } from "../../../site/plane/mixture.js";

/** E[noise − clean | x] by a sum over a fine grid of clean points: Bayes' rule and nothing else. */
const integrated = (distance: number, width: number, x: number, y: number, sigma: number) => {
  const { means } = clusters(distance, width);
  const normal = (dx: number, dy: number, deviation: number) => Math.exp(-(dx * dx + dy * dy) / (2 * deviation ** 2));
  const [reach, step] = [distance + 6 * width, width / 20];
  let [all, vx, vy] = [0, 0, 0];
  for (let cx = -reach; cx <= reach; cx += step)
    for (let cy = -reach; cy <= reach; cy += step) {
      const clean = means.reduce((sum, [mx, my]) => sum + normal(cx - mx, cy - my, width), 0);
      const [dx, dy] = [x - (1 - sigma) * cx, y - (1 - sigma) * cy];
      const weight = clean * normal(dx, dy, sigma);
      all += weight;
      vx += weight * (dx / sigma - cx);
      vy += weight * (dy / sigma - cy);
    }
  return [vx / all, vy / all] as const;
};

test.each([
  [2.4, 0.3, 0.5, -0.3, 0.9],
  [2.4, 0.3, 0.5, 0.9, 0.5],
  [1, 0.6, -0.7, 0.2, 0.4],
  [3, 0.25, 0.1, 1.4, 0.55],
])("the velocity is the conditional expectation: distance %f, width %f, at (%f, %f), noise %f", (...at) => {
  const [distance, width, x, y, sigma] = at;
  const exact = velocityAt(clusters(distance, width), x, y, sigma);
  const found = integrated(...at);
  expect(exact[0]).toBeCloseTo(found[0], 4);
  expect(exact[1]).toBeCloseTo(found[1], 4);
});

test("in pure noise every point moves away from itself and towards the mean of all clusters", () => {
  const { means, width } = {
    means: [
      [1, 0],
      [3, 2],
    ] as const,
    width: 0.3,
  }; // prettier-ignore
  const [vx, vy] = velocityAt({ means, width }, 0.5, -0.25, 1);
  expect([vx, vy]).toEqual([0.5 - 2, -0.25 - 1]);
});

test("far from all clusters nothing is divided by 0", () => {
  for (const part of velocityAt(clusters(3, 0.05), 40, -40, 0.025)) expect(part).toSatisfy(Number.isFinite);
});
