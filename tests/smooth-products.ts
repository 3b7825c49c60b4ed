import type { Gram } from "../src/engine/cache/fitted.js";

/** Products of features that change smoothly, faster at first: those of unit features whose angle falls with distance. */
export const smoothProducts = (steps: number): Gram =>
  Array.from({ length: steps }, (_, step) =>
    Array.from({ length: step + 1 }, (_, back) => Math.exp(-((Math.log1p(step) - Math.log1p(step - back)) ** 2))),
  );
