import type { Calibration, NamedSigmas } from "diffusion-cache";
import { get, type Readable, writable } from "svelte/store";

/** What a page knows of a checkpoint. */
export interface PageModel {
  readonly name: string;
  readonly address: string;
  readonly defaults: {
    readonly prompt: string;
    readonly steps: number;
    readonly guidance: number;
    readonly sigmas?: NamedSigmas;
  };
}

/** What a page's programs know of a checkpoint before its weights are loaded. */
export interface Checkpoint extends PageModel {
  /** Its config.json, which says what sites it has. */
  readonly network: object;
  readonly scheduler: object;
  /** Not there for examples that take none. */
  readonly calibration: Calibration;
}

// Which of its models the page runs. Shared by all panels, as there is one engine.

const choice = writable<string | undefined>();

/** The name that was chosen; undefined until then. */
export const chosenModel: Readable<string | undefined> = choice;

/** The one of this name among the models that a panel offers, or its first. */
export const modelNamed = <Model extends Pick<PageModel, "name">>(
  models: readonly Model[],
  chosen: string | undefined,
): Model => (models.find(({ name }) => name === chosen) ?? models[0]) as Model;

/** The chosen one of the models that a panel offers, or its first. */
export const modelOf = <Model extends Pick<PageModel, "name">>(models: readonly Model[]): Model =>
  modelNamed(models, get(choice));

export const chooseModel = (name: string): void => choice.set(name);

/** Calls `listener` after every later choice. @returns stops that */
export const onModel = (listener: () => void): (() => void) => {
  let first = true;
  const stop = choice.subscribe(() => {
    if (!first) listener();
  });
  first = false;
  return stop;
};
