import type { JumpErrors } from "../cache/jump-errors.js";
import { type Mean, mean } from "../metrics/relative.js";

/** mean |estimate − now| of the line from `older` to `newer`, `way` times their distance beyond the newer one. */
const lineError = (older: Float32Array, newer: Float32Array, way: number, now: Float32Array): number => {
  let sum = 0;
  for (let index = 0; index < now.length; index++) {
    const at = newer[index] as number;
    sum += Math.abs(at + way * (at - (older[index] as number)) - (now[index] as number));
  }
  return sum / now.length;
};

/**
 * What every jump between steps of an uncached run would lose: errors of lines and of reuses, at every step behind them
 * (DPCache, arXiv:2602.22654, as SGLang measures them). Means over runs and branches. Holds all steps of a run.
 */
export const jumpsCollector = (steps: number) => {
  const means = (length: number): Mean[] => Array.from({ length }, mean);
  const reuse = Array.from({ length: steps - 1 }, (_, at) => means(steps - 1 - at));
  const line = Array.from({ length: steps - 2 }, (_, before) =>
    Array.from({ length: steps - 2 - before }, (_, after) => means(steps - 2 - before - after)),
  );
  const past = new Map<string, Float32Array[]>();
  return {
    /** Takes the features of a branch in the order of steps; step 0 begins a new run. */
    observe(branch: string, step: number, now: Float32Array): void {
      const before = step === 0 ? [] : (past.get(branch) as Float32Array[]);
      for (const [at, newer] of before.entries()) {
        reuse[at]?.[step - at - 1]?.add(lineError(newer, newer, 0, now));
        for (const [older, feature] of before.slice(0, at).entries())
          line[older]?.[at - older - 1]?.[step - at - 1]?.add(
            lineError(feature, newer, (step - at) / (at - older), now),
          );
      }
      past.set(branch, [...before, now]);
    },
    errors: (): JumpErrors => ({
      line: line.map((tables) => tables.map((rows) => rows.map((one) => one.value()))),
      reuse: reuse.map((rows) => rows.map((one) => one.value())),
    }),
  };
};
