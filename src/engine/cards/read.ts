import { EngineError, shown } from "../errors.js";

/** Takes a value of JSON at a path, or refuses it. */
export type Read<T> = (value: unknown, path: string) => T;

/** @throws EngineError "card-invalid" that names the field */
export const refuse = (path: string, value: unknown, expected: string): never => {
  throw new EngineError("card-invalid", `The model card has ${path} = ${shown(value)}; expected ${expected}.`, {
    hint: "Compare it with a card that the verb cards prints with --json.",
  });
};

export const whole =
  (least: number, most = 1e15): Read<number> =>
  (value, path) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : refuse(path, value, `a whole number from ${least} to ${most}`);

export const number =
  (low: number, high: number): Read<number> =>
  (value, path) =>
    typeof value === "number" && value >= low && value <= high
      ? value
      : refuse(path, value, `a number from ${low} to ${high}`);

export const text: Read<string> = (value, path) =>
  typeof value === "string" && value.length > 0 && value.length <= 1000 ? value : refuse(path, value, "a text");

export const flag: Read<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(path, value, "true or false");

export const oneOf =
  <const T extends string | number>(...choices: readonly T[]): Read<T> =>
  (value, path) =>
    choices.find((one) => one === value) ?? refuse(path, value, `one of ${choices.join(", ")}`);

export const list =
  <T>(read: Read<T>, least = 0): Read<readonly T[]> =>
  (value, path) =>
    Array.isArray(value) && value.length >= least && value.length <= 1000
      ? value.map((one, at) => read(one, `${path}[${at}]`))
      : refuse(path, value, `a list of at least ${least}`);

/** A list of a fixed length, an entry for each reader. */
export const tuple =
  <T extends readonly unknown[]>(...reads: { readonly [K in keyof T]: Read<T[K]> }): Read<T> =>
  (value, path) =>
    Array.isArray(value) && value.length === reads.length
      ? (reads.map((read, at) => read(value[at], `${path}[${at}]`)) as unknown as T)
      : refuse(path, value, `a list of ${reads.length}`);

/** An object with these fields and no other; those of `optional` may be absent. */
export const record =
  <T extends object>(
    required: { readonly [K in keyof T as undefined extends T[K] ? never : K]: Read<T[K]> },
    optional: { readonly [K in keyof T as undefined extends T[K] ? K : never]-?: Read<Exclude<T[K], undefined>> },
  ): Read<T> =>
  (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(path, value, "an object");
    const fields = value as Readonly<Record<string, unknown>>;
    const named = (field: string): string => (path === "" ? field : `${path}.${field}`);
    const reads = { ...required, ...optional } as Readonly<Record<string, Read<unknown>>>;
    for (const field of Object.keys(fields))
      if (!Object.hasOwn(reads, field)) refuse(named(field), fields[field], "no such field");
    return Object.fromEntries(
      Object.entries(reads).flatMap(([field, read]) =>
        Object.hasOwn(fields, field) || Object.hasOwn(required, field)
          ? [[field, read(fields[field], named(field))]]
          : [],
      ),
    ) as T;
  };
