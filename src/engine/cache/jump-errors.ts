import type { checks } from "./options.js";

/** What estimates of the last block's output are off by: the mean of |estimate − output| over all its elements. */
export interface JumpErrors {
  /** Of the line through the outputs of steps i < j at step t > j: `line[i][j − i − 1][t − j − 1]`. */
  readonly line: readonly (readonly (readonly number[])[])[];
  /** Of the output of step j, used again at step t > j: `reuse[j][t − j − 1]`. */
  readonly reuse: readonly (readonly number[])[];
}

/** What the steps between two computed ones lose, summed: a cost for `planSteps`. */
export const jumpCost =
  ({ line, reuse }: JumpErrors, estimate: "line" | "reuse") =>
  (before: number, at: number, to: number): number => {
    const row = (estimate === "line" ? line[before]?.[at - before - 1] : reuse[at]) ?? [];
    let sum = 0;
    for (let step = at + 1; step < to; step++) sum += row[step - at - 1] as number;
    return sum;
  };

/** Refuses what are no errors of all jumps of a run, of whatever number of steps. */
export const checkJumpErrors = (check: ReturnType<typeof checks>, errors: unknown): void => {
  const expected = "an object with line and reuse: errors of every jump, from 0 on";
  const { line, reuse } = check.record("errors", errors);
  const rows = check.list("errors", reuse, expected);
  const tables = check.list("errors", line, expected);
  const steps = rows.length + 1;
  const expectRow = (row: unknown, length: number): void => {
    const numbers = check.numbers("errors", row, expected);
    if (numbers.length !== length || numbers.some((one) => one < 0))
      check.refuse("errors", row, `${length} numbers ≥ 0`);
  };
  if (tables.length !== Math.max(0, steps - 2))
    check.refuse("errors", line, `line with ${Math.max(0, steps - 2)} tables`);
  for (const [at, row] of rows.entries()) expectRow(row, steps - 1 - at);
  for (const [before, table] of tables.entries()) {
    const own = check.list("errors", table, expected);
    if (own.length !== steps - 2 - before) check.refuse("errors", own, `${steps - 2 - before} rows for step ${before}`);
    for (const [after, row] of own.entries()) expectRow(row, steps - 2 - before - after);
  }
};
