import type { CachedRun } from "./table.js";

// Short ways to write rows.

/** Seconds. */
export const minutes = (whole: number, seconds = 0): number => 60 * whole + seconds;
/** Runs of a method whose settings differ by one word or number. */
export const by = (
  method: string,
  name: string,
  rows: readonly (readonly [setting: number | string, seconds: number])[],
): CachedRun[] => rows.map(([setting, seconds]) => ({ method, at: `${name}${setting}`, seconds }));
