import type { JumpErrors } from "../src/engine/cache/jump-errors.js";

/** Errors of every jump of a run, each from `of`; by default they grow with the distance and fall over the run. */
export const jumpErrors = (
  steps: number,
  of: (before: number, at: number, step: number) => number = (_, at, step) => (step - at) / (1 + at),
): JumpErrors => ({
  line: Array.from({ length: Math.max(0, steps - 2) }, (_, before) =>
    Array.from({ length: steps - 2 - before }, (_, after) =>
      Array.from({ length: steps - 2 - before - after }, (_, way) =>
        of(before, before + 1 + after, before + 2 + after + way),
      ),
    ),
  ),
  reuse: Array.from({ length: steps - 1 }, (_, at) =>
    Array.from({ length: steps - 1 - at }, (_, way) => of(-1, at, at + 1 + way)),
  ),
});
