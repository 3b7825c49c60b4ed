import { expect, test } from "vitest";
import { count, experiment, fieldOf, gramOf, methodsOf, noise } from "../../../site/plane/experiment.js";
import { knobs, usual } from "../../../site/plane/knobs.js";
import { type Field, meanDistance, sigmasOf, walk } from "../../../site/plane/walk.js";
import { schedulerFromConfig } from "../../../src/engine/index.js";

/** A field that is the same at every point: `of` says the velocity at a share of noise. */
const everywhere =
  (of: (sigma: number) => readonly [number, number]): Field =>
  (points, sigma) =>
    points.map((_, index) => of(sigma)[index % 2] as number);

const start = noise(5);
const runOf = (field: Field, by: number, steps = 12) => {
  const methods = methodsOf({ interval: 3, order: 2 }, gramOf(field, steps));
  return walk({ field, start, steps, methods, by });
};
const skipped = (run: ReturnType<typeof walk>, after = 0) =>
  run.steps.filter(({ computed }, at) => !computed && at > after);

test("no error where every step is computed", () => {
  const { endErrors, walks, uncached } = experiment({ ...usual, interval: 1 });
  expect(endErrors).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(walks[0]?.end).toEqual(uncached.end);
  expect(walks.flatMap(({ steps }) => steps.map(({ computed }) => computed))).not.toContain(false);
});

test("reuse is exact where the velocity stays, and takes the last computed one where it does not", () => {
  const straight = runOf(
    everywhere(() => [0.5, -2]),
    0,
  );
  for (const { taken, truth } of straight.steps) expect(taken[0]).toEqual(truth);
  const turning = runOf(
    everywhere((sigma) => [sigma, 1]),
    0,
  );
  let last = turning.steps[0]?.truth;
  for (const { computed, truth, taken } of turning.steps) {
    if (computed) last = truth;
    expect(taken[0]).toEqual(last);
  }
  expect(skipped(turning).length).toBeGreaterThan(5);
});

test("a line is exact where the velocity changes by the same amount in each step, and reuse is not", () => {
  const run = runOf(
    everywhere((sigma) => [3 * sigma - 1, 0.5 - sigma]),
    1,
  );
  const after = skipped(run, 2); // two velocities are kept
  expect(after.length).toBeGreaterThan(3);
  for (const { taken, truth } of after) {
    expect(meanDistance(taken[1] as Float32Array, truth)).toBeLessThan(1e-5);
    expect(meanDistance(taken[0] as Float32Array, truth)).toBeGreaterThan(0.1);
  }
});

test("an order of 2 is nearer to a parabola than a line", () => {
  const field = everywhere((sigma) => [sigma ** 2, sigma]);
  const run = runOf(field, 2, 13); // computed: 0, 3, 6, 9, 12
  const after = skipped(run, 6);
  expect(after.length).toBeGreaterThan(2);
  for (const { taken, truth } of after) {
    const [line, taylor] = [1, 2].map((at) => meanDistance(taken[at] as Float32Array, truth)) as [number, number];
    expect(taylor).toBeLessThan(line);
  }
});

test("fitted weights are nearest to the run that they were fitted to", () => {
  const field = fieldOf(usual);
  const methods = methodsOf(usual, gramOf(field, usual.steps));
  const run = walk({ field, start: noise(48, 1), steps: usual.steps, methods });
  const square = (one: number) =>
    run.steps.reduce(
      (sum, { taken, truth }) => sum + truth.reduce((s, v, at) => s + (v - (taken[one]?.[at] ?? 0)) ** 2, 0),
      0,
    );
  for (const other of [0, 1, 2, 3, 4, 5]) expect(square(6)).toBeLessThan(square(other));
});

test("the steps are those of the engine's flow-matching scheduler", () => {
  const steps = 9;
  const config = { _class_name: "FlowMatchEulerDiscreteScheduler" };
  const scheduler = schedulerFromConfig(config, steps, { sigmas: sigmasOf(steps) });
  const field = fieldOf(usual);
  let points = start;
  for (const [at, sigma] of scheduler.sigmas.entries()) {
    const { next } = scheduler.step(at);
    const velocity = field(points, sigma);
    points = points.map((x, index) => next.sample * x + next.prediction * (velocity[index] as number));
  }
  expect(meanDistance(points, walk({ field, start, steps, methods: [] }).end)).toBeLessThan(1e-5);
});

test("points end in a cluster: about as far from its middle as its width", () => {
  const { uncached } = experiment({ ...usual, steps: 40, interval: 1, width: 0.1 });
  const far = Array.from({ length: count }, (_, at) => {
    const [x, y] = [uncached.end[2 * at] as number, uncached.end[2 * at + 1] as number];
    return Math.abs(Math.hypot(x, y) - usual.distance);
  });
  expect(Math.max(...far)).toBeLessThan(0.5);
});

test("every end of every control gives numbers", () => {
  const ends = knobs.map(({ name, min, max }) => [name, [min, max]] as const);
  const all = ends.reduce<Record<string, number>[]>(
    (found, [name, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  expect(all.length).toBe(2 ** 5);
  for (const one of all)
    for (const end of experiment(one as unknown as typeof usual).endErrors)
      expect(end, JSON.stringify(one)).toBeLessThan(9);
});

test("what the text tells to try is so", () => {
  const ends = (change: Partial<typeof usual>) =>
    experiment({ ...usual, ...change }).endErrors as [number, number, number];
  const narrow = ends({ width: 0.05 });
  expect(Math.min(narrow[1], narrow[2])).toBeGreaterThan(narrow[0]);
  const wide = ends({ width: 0.8 });
  expect(Math.max(wide[1], wide[2])).toBeLessThan(wide[0] / 4);
  const taylor = [0, 1, 2].map((order) => ends({ steps: 24, order })[2]) as [number, number, number];
  expect(taylor[0]).toBeGreaterThan(taylor[1]);
  expect(taylor[1]).toBeGreaterThan(taylor[2]);
  expect(ends({ steps: 12, order: 2 })[2]).toBeGreaterThan(ends({ steps: 12, order: 1 })[2]);
});
