import type { Settings } from "./example-module.js";

/** What a run of an example is asked for, and of which model. */
export interface Asked extends Settings {
  readonly model: string;
}

/** Whether two runs would be asked for the same. */
export const sameAsked = (a: Asked, b: Asked): boolean => {
  const names = new Set([...Object.keys(a.options), ...Object.keys(b.options)]);
  return (
    (["model", "prompt", "seed", "steps", "guidance"] as const).every((name) => a[name] === b[name]) &&
    [...names].every((name) => JSON.stringify(a.options[name]) === JSON.stringify(b.options[name]))
  );
};
