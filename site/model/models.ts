import type { Calibration } from "diffusion-cache";

/** What a page's programs know of a checkpoint before it is loaded. */
export interface PageModel {
  readonly name: string;
  readonly address: string;
  /** Its config.json, which says what sites it has. */
  readonly network: object;
  readonly scheduler: object;
  readonly defaults: { readonly prompt: string; readonly steps: number; readonly guidance: number };
  /** Not there for examples that take none. */
  readonly calibration: Calibration;
}

// Which of its models the page runs. Shared by all examples and grids, as there is one engine.

let choice: string | undefined;
const listeners = new Set<() => void>();

/** The chosen one of the models that an example offers, or its first. */
export const modelOf = <Model extends Pick<PageModel, "name">>(models: readonly Model[]): Model =>
  (models.find(({ name }) => name === choice) ?? models[0]) as Model;

export const chooseModel = (name: string): void => {
  choice = name;
  for (const listener of listeners) listener();
};

/** Calls `listener` after every later choice. @returns stops that */
export const onModel = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
