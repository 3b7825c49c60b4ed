import type { BenchMethod, CacheMethod, Calibration } from "diffusion-cache";
import { methodFromName } from "diffusion-cache";

/** A method that the table of methods offers. */
export interface TableMethod {
  /** Its short name; the name of its row. */
  readonly name: string;
  readonly title: string;
  /**
   * Makes the method; what it throws is shown as the reason why it has no row.
   * @param calibration what was measured of the model, where any chosen method needs it
   */
  readonly make: (
    options: Readonly<Record<string, unknown>>,
    calibration: Calibration | undefined,
  ) => readonly CacheMethod[];
}

const added = new Map<string, TableMethod>();
const listeners = new Set<() => void>();

/**
 * Offers one more method in the table of methods, such as one that the reader has written; another of the same name is
 * replaced. Its row is made by `engine.generate({ cache: make(…) })`, so `make` must return what the page's engine takes.
 * @returns takes it away again
 */
export const addTableMethod = (method: TableMethod): (() => void) => {
  added.set(method.name, method);
  for (const listener of listeners) listener();
  return () => {
    if (added.get(method.name) === method) added.delete(method.name);
    for (const listener of listeners) listener();
  };
};

export const addedMethods = (): readonly TableMethod[] => [...added.values()];

/** Calls `listener` when a method is added or taken away. @returns stops that */
export const onTableMethods = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Of the engine's own methods, which take numbers that a calibration measures. */
export const calibrated: readonly string[] = ["magcache", "smoothcache", "teacache"];

export type MethodOptions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Rows to measure, and what has none. */
export const benchMethods = (
  names: readonly string[],
  settings: MethodOptions,
  calibration: Calibration | undefined,
): { readonly methods: readonly BenchMethod[]; readonly leftOut: Readonly<Record<string, string>> } => {
  const methods: BenchMethod[] = [];
  const leftOut: Record<string, string> = {};
  for (const name of names) {
    const own = added.get(name);
    const options = settings[name];
    try {
      if (own) methods.push({ name, options: options ?? {}, cache: own.make(options ?? {}, calibration) });
      else if (!options)
        leftOut[name] = "These settings have nothing for it: no setting of it was fast and close enough.";
      else {
        const numbers = calibration?.[name as "magcache"];
        methods.push({ name, options, cache: [methodFromName(name, { ...numbers, ...options })] });
      }
    } catch (error) {
      leftOut[name] = (error as Error).message;
    }
  }
  return { methods, leftOut };
};
