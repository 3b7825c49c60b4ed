import { EngineError, shown } from "../errors.js";
import { type Check, is } from "../expect.js";

/** Reads the fields of a JSON object that somebody else may have written. Each refusal names the field and its value. */
export interface FileChecks {
  /** Whether a field is there and not null. */
  readonly has: (field: string) => boolean;
  /** Refuses another format or version. */
  readonly format: (name: string, version: number) => void;
  readonly text: (field: string) => string;
  readonly texts: (field: string) => readonly string[];
  readonly number: (field: string, low: number, high?: number) => number;
  readonly whole: (field: string, low: number) => number;
  /** A list of so many numbers, none below `low`. */
  readonly numbers: (field: string, count: number, low: number) => readonly number[];
  readonly boolean: (field: string) => boolean;
  readonly oneOf: <T extends string>(field: string, choices: readonly T[]) => T;
  readonly object: (field: string) => FileChecks;
  /** A list of objects. */
  readonly list: (field: string, least: number) => readonly FileChecks[];
  /** The object itself, for content that is only shown. */
  readonly json: () => Readonly<Record<string, unknown>>;
  /** The object itself, every field of it a text. */
  readonly textMap: () => Readonly<Record<string, string>>;
}

/** Texts and lists beyond this are no measurement of anybody. */
const mostCharacters = 4000;
const mostEntries = 10_000;

/** Of a value as JSON; infinite for what JSON cannot say, or what is nested too deep to be written. */
export const charactersOf = (value: unknown): number => {
  try {
    return JSON.stringify(value).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

const said = (value: unknown): string => (value === undefined ? "missing" : shown(value, 60));

/** @param what "a bench report" @throws EngineError "file-invalid" */
export const fileChecks = (json: unknown, where: string, what: string, hint: string): FileChecks => {
  const refuse = (why: string): never => {
    throw new EngineError("file-invalid", `${where} is not ${what}: ${why}.`, { hint });
  };
  const at = (value: unknown, path: string): FileChecks => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return refuse(`${path || "it"} is ${said(value)}, not an object`);
    const fields = value as Readonly<Record<string, unknown>>;
    const get = (field: string): unknown => (Object.hasOwn(fields, field) ? fields[field] : undefined);
    const name = (field: string | number): string => (path ? `${path}.${field}` : String(field));
    const wanted = (field: string, expected: string): never =>
      refuse(`${name(field)} is ${said(get(field))}; expected ${expected}`);
    const isText = (one: unknown): one is string => typeof one === "string" && one.length <= mostCharacters;
    const entries = (field: string): readonly unknown[] => {
      const found = get(field);
      return Array.isArray(found) && found.length <= mostEntries
        ? found
        : wanted(field, `a list of at most ${mostEntries}`);
    };
    const number = (field: string, low: number, high = Number.POSITIVE_INFINITY): number => {
      const found = get(field);
      if (typeof found === "number" && found >= low && found <= high) return found;
      return wanted(field, high === Number.POSITIVE_INFINITY ? `a number ≥ ${low}` : `a number from ${low} to ${high}`);
    };
    return {
      has: (field) => (get(field) ?? null) !== null,
      format(format, version) {
        if (get("format") !== format) refuse(`its format is ${said(get("format"))}, not "${format}"`);
        if (get("version") !== version) refuse(`its version is ${said(get("version"))}; this program reads ${version}`);
      },
      text: (field) => {
        const found = get(field);
        return isText(found) ? found : wanted(field, "a text");
      },
      texts: (field) => {
        const found = entries(field);
        return found.every(isText) ? (found as readonly string[]) : wanted(field, "a list of texts");
      },
      number,
      whole: (field, low) =>
        Number.isSafeInteger(number(field, low)) ? number(field, low) : wanted(field, "a whole number"),
      numbers: (field, count, low) => {
        const found = entries(field);
        const right = found.length === count && found.every((one) => typeof one === "number" && one >= low);
        return right ? (found as readonly number[]) : wanted(field, `${count} numbers ≥ ${low}`);
      },
      boolean: (field) => {
        const found = get(field);
        return typeof found === "boolean" ? found : wanted(field, "true or false");
      },
      oneOf: <T extends string>(field: string, choices: readonly T[]): T =>
        choices.find((one) => one === get(field)) ?? wanted(field, `one of ${choices.join(", ")}`),
      object: (field) => at(get(field), name(field)),
      list: (field, least) => {
        const found = entries(field);
        if (found.length < least) wanted(field, `at least ${least}`);
        return found.map((one, index) => at(one, name(`${field}[${index}]`)));
      },
      json: () =>
        charactersOf(fields) <= mostCharacters ? fields : refuse(`${path} is longer than ${mostCharacters} characters`),
      textMap: () =>
        Object.values(fields).every(isText)
          ? (fields as Readonly<Record<string, string>>)
          : refuse(`${path} holds something that is not a text`),
    };
  };
  return at(json, "");
};

/** Of options that a table shows as JSON. */
export const inJson: Check = is("what JSON can hold", (value) => charactersOf(value) < 1e6);
