import { EngineError, shown } from "../errors.js";

// Options of a method are checked where the user speaks: at construction, with the value, the range and the reason.

const refuse = (method: string, option: string, value: unknown, expected: string): never => {
  throw new EngineError("option-invalid", `${method}: ${option} is ${shown(value)}; expected ${expected}.`, {
    hint: `See the options of ${method} for what it takes.`,
  });
};

/** Checks for one method. Each returns its value, so that it can be used where the option is read. */
export const checks = (method: string) => ({
  /** A whole number from `low` on. */
  whole: (option: string, value: unknown, low: number, high = Number.MAX_SAFE_INTEGER): number =>
    Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high
      ? (value as number)
      : refuse(
          method,
          option,
          value,
          high === Number.MAX_SAFE_INTEGER ? `a whole number ≥ ${low}` : `a whole number from ${low} to ${high}`,
        ),
  finite: (option: string, value: unknown): number =>
    typeof value === "number" && Number.isFinite(value) ? value : refuse(method, option, value, "a number"),
  number: (option: string, value: unknown, low: number, high = Number.POSITIVE_INFINITY): number =>
    typeof value === "number" && Number.isFinite(value) && value >= low && value <= high
      ? value
      : refuse(method, option, value, Number.isFinite(high) ? `a number from ${low} to ${high}` : `a number ≥ ${low}`),
  boolean: (option: string, value: unknown): boolean =>
    typeof value === "boolean" ? value : refuse(method, option, value, "true or false"),
  oneOf: <T extends string>(option: string, value: unknown, choices: readonly T[]): T =>
    choices.includes(value as T) ? (value as T) : refuse(method, option, value, `one of ${choices.join(", ")}`),
  /** A list of one choice or more. */
  someOf<T extends string>(option: string, value: unknown, choices: readonly T[]): readonly T[] {
    if (!Array.isArray(value) || value.length === 0)
      return refuse(method, option, value, `a list of ${choices.join(", ")}`);
    return value.map((one) => this.oneOf(option, one, choices));
  },
  /** Two timesteps; both lie outside the window. With the lower one last the window is empty, as in diffusers. */
  window(option: string, value: unknown): readonly [number, number] {
    const [low, high, ...rest] = Array.isArray(value) ? (value as readonly unknown[]) : [];
    return typeof low === "number" &&
      typeof high === "number" &&
      Number.isFinite(low) &&
      Number.isFinite(high) &&
      rest.length === 0
      ? [low, high]
      : refuse(method, option, value, "two timesteps [low, high]");
  },
  /** An object with named values. */
  record: (option: string, value: unknown): Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : refuse(method, option, value, "an object of named values"),
  list: (option: string, value: unknown, expected: string): readonly unknown[] =>
    Array.isArray(value) ? value : refuse(method, option, value, expected),
  /** A list of one number or more. */
  numbers: (option: string, value: unknown, expected: string): readonly number[] =>
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "number" && Number.isFinite(one))
      ? (value as readonly number[])
      : refuse(method, option, value, expected),
  /** The run that numbers belong to, or `null`. */
  calibration(option: string, value: unknown): void {
    const { model, scheduler, steps } = (value ?? {}) as Record<string, unknown>;
    if (value !== null && !(typeof model === "string" && typeof scheduler === "string" && Number.isInteger(steps)))
      refuse(method, option, value, "null, or the model, scheduler and steps of a calibration run");
  },
  refuse: (option: string, value: unknown, expected: string): never => refuse(method, option, value, expected),
});

/** Notes on windows that no timestep lies in: diffusers takes them and skips nothing there, so they are taken too. */
export const emptyWindowNotes = (windows: Readonly<Record<string, readonly [number, number]>>): readonly string[] =>
  Object.entries(windows)
    .filter(([, [low, high]]) => low >= high)
    .map(([option, [low, high]]) => `No timestep lies above ${low} and below ${high}, so ${option} allows nothing.`);

/** A change relative to what changed. Equal tensors have not changed, also where both are 0. */
export const relativeChange = (change: number, magnitude: number): number => (change === 0 ? 0 : change / magnitude);

/**
 * Refuses options that a method does not have.
 * @throws EngineError "option-unknown"; "option-invalid" for what is no object
 */
export const knownOptions = (method: string, given: object, known: readonly string[]): void => {
  if (typeof given !== "object" || given === null)
    throw new EngineError("option-invalid", `${method}: its options are ${shown(given)}; expected an object.`);
  for (const option of Object.keys(given))
    if (!known.includes(option))
      throw new EngineError("option-unknown", `${method} has no option "${option}".`, {
        hint: `Its options: ${known.join(", ")}.`,
      });
};
