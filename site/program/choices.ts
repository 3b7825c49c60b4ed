import type { Options } from "./example-module.js";

/** What the controls of one example say now. The grid and the run of an example share it. */
export interface Choice {
  readonly options: Options;
  readonly steps: number;
}

const choices = new Map<string, Choice>();
const listeners = new Map<string, Set<(choice: Choice) => void>>();

export const chosen = (example: string): Choice | undefined => choices.get(example);

/** Changes what is chosen and tells everyone who follows. */
export const choose = (example: string, choice: Choice): void => {
  choices.set(example, choice);
  for (const listener of listeners.get(example) ?? []) listener(choice);
};

/** Calls `listener` with every later choice. @returns stops that */
export const onChoice = (example: string, listener: (choice: Choice) => void): (() => void) => {
  const all = listeners.get(example) ?? new Set();
  listeners.set(example, all.add(listener));
  return () => all.delete(listener);
};
