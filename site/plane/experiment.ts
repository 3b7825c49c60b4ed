import { type CacheMethod, filled, fillings, fora, type Gram } from "diffusion-cache";
import { clusters, velocityAt } from "./mixture.js";
import { type Field, meanDistance, type Points, type Walk, walk } from "./walk.js";

/** What a reader sets. */
export interface Choice {
  readonly steps: number;
  /** One step of so many is computed. */
  readonly interval: number;
  /** Highest difference of Taylor's and Hermite's forecast; fitted weights keep as many velocities. */
  readonly order: number;
  /** Of the clusters from the middle. */
  readonly distance: number;
  /** Of each cluster. */
  readonly width: number;
}

export const count = 24;

/** Points that are spread as normal noise is, by a golden spiral: the same in every visit. */
export const noise = (points: number, turn = 0): Points =>
  Float32Array.from({ length: 2 * points }, (_, index) => {
    const at = index >> 1;
    const radius = Math.sqrt(-2 * Math.log(1 - (at + 0.5) / points));
    const angle = turn + at * Math.PI * (3 - Math.sqrt(5));
    return radius * (index % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });

export const fieldOf = ({ distance, width }: Pick<Choice, "distance" | "width">): Field => {
  const mixture = clusters(distance, width);
  return (points, sigma) => {
    const arrows = new Float32Array(points.length);
    for (let at = 0; at < points.length; at += 2)
      arrows.set(velocityAt(mixture, points[at] as number, points[at + 1] as number, sigma), at);
    return arrows;
  };
};

const meanProduct = (a: Points, b: Points): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] as number), 0) / a.length;

/** What weights are fitted to: products of the velocities of an uncached run of other points. */
export const gramOf = (field: Field, steps: number): Gram => {
  const { steps: run } = walk({ field, start: noise(48, 1), steps, methods: [] });
  return run.map(({ truth }, at) =>
    Array.from({ length: at + 1 }, (_, back) => meanProduct(truth, run[at - back]?.truth ?? truth)),
  );
};

/** One schedule, FORA's, with each way to fill in what it skips; in the order of `fillings`. */
export const methodsOf = (
  { interval, order }: Pick<Choice, "interval" | "order">,
  gram: Gram,
): readonly CacheMethod[] => {
  const methods = filled({ method: fora({ interval }), order, grams: { "feed-forward": gram } });
  return fillings.map(({ name }) => methods[name]);
};

export interface Experiment {
  readonly uncached: Walk;
  /** One for each filling that moves the points. */
  readonly walks: readonly Walk[];
  /** Mean distance of each one's end from the uncached end. */
  readonly endErrors: readonly number[];
}

/** All runs of a choice. */
export const experiment = (choice: Choice): Experiment => {
  const field = fieldOf(choice);
  const { steps } = choice;
  const start = noise(count);
  const methods = methodsOf(choice, gramOf(field, steps));
  const uncached = walk({ field, start, steps, methods: [] });
  const walks = methods.map((_, by) => walk({ field, start, steps, methods, by }));
  return { uncached, walks, endErrors: walks.map(({ end }) => meanDistance(end, uncached.end)) };
};
