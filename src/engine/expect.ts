import { EngineError, shown } from "./errors.js";
import { sizeOf } from "./tensor.js";

// One vocabulary for what types promise and neither plain JavaScript nor a file keeps. A check says what is wrong.

/** What is wrong with a value, in words, or undefined. `path` is where it was found. */
export type Check = (value: unknown, path: string) => string | undefined;

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

const said = (value: unknown): string => {
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : shown(value, 60);
};

/** @param wanted completes "expected" */
export const is =
  (wanted: string, test: (value: unknown) => boolean): Check =>
  (value, path) =>
    test(value) ? undefined : `${path} is ${said(value)}; expected ${wanted}`;

export const anObject = is("an object", isObject);
export const aText = is("a string", (value) => typeof value === "string");
export const aNumber = is("a number", Number.isFinite);
export const aFunction = is("a function", (value) => typeof value === "function");
export const aSwitch = is("true or false", (value) => typeof value === "boolean");
/** Milliseconds, bytes, scores: PSNR may be infinite. */
export const anAmount = is("a number from 0 up", (value) => typeof value === "number" && value >= 0);

export const wholeFrom = (low: number, high = Number.MAX_SAFE_INTEGER): Check =>
  is(
    high === Number.MAX_SAFE_INTEGER ? `a whole number from ${low} up` : `a whole number from ${low} to ${high}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high,
  );

export const oneOf = (...words: readonly string[]): Check =>
  is(words.join(" or "), (value) => words.includes(value as string));

export const orNull =
  (check: Check): Check =>
  (value, path) =>
    value === null ? undefined : check(value, path);

export const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? undefined : check(value, path);

/** The first thing that is wrong. */
const first = <T>(all: Iterable<T>, wrong: (one: T) => string | undefined): string | undefined => {
  for (const one of all) {
    const found = wrong(one);
    if (found !== undefined) return found;
  }
  return undefined;
};

export const both =
  (...checks: readonly Check[]): Check =>
  (value, path) =>
    first(checks, (check) => check(value, path));

export const listOf =
  (item: Check, { least = 0, most = 1e7 }: { readonly least?: number; readonly most?: number } = {}): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return `${path} is ${said(value)}; expected a list`;
    if (value.length < least || value.length > most)
      return `${path} has ${value.length} entries; expected ${least === most ? least : `${least} to ${most}`}`;
    return first(value.entries(), ([index, one]) => item(one, `${path}[${index}]`));
  };

/** Other fields may be there: a later version adds some. A name that ends in "?" may be missing. */
export const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, path) =>
    anObject(value, path || "it") ??
    first(Object.entries(checks), ([name, check]) => {
      const field = name.replace("?", "");
      const one = (value as Readonly<Record<string, unknown>>)[field];
      if (name.endsWith("?") && one === undefined) return undefined;
      return check(one, path ? `${path}.${field}` : field);
    });

/** An object whose every value is of one kind. */
export const mapOf =
  (item: Check): Check =>
  (value, path) =>
    anObject(value, path) ??
    first(Object.entries(value as object), ([name, one]) => item(one, `${path}.${shown(name, 40)}`));

/** Of the engine's own realm: an array of another one (a test runner's, a frame's) is refused by onnxruntime too. */
const floats = is("a Float32Array", (value) => value instanceof Float32Array);

/** `{ dims, data }` with as many numbers as dims say. */
export const aTensor: Check = (value, path) => {
  const wrong = fields({ dims: listOf(wholeFrom(0), { most: 8 }), data: floats })(value, path);
  if (wrong !== undefined) return wrong;
  const { dims, data } = value as { dims: readonly number[]; data: Float32Array };
  if (sizeOf(dims) === data.length) return undefined;
  return `${path} has the shape [${dims.join(", ")}] and ${data.length} numbers; expected as many as the shape says`;
};

export const aMethod = fields({ name: aText, options: anObject, sites: aFunction, start: aFunction });
export const aSignal = is(
  "the signal of an AbortController",
  (value) => isObject(value) && typeof (value as { readonly aborted?: unknown }).aborted === "boolean",
);
export const anEngine = fields({
  generate: aFunction,
  profile: aFunction,
  read: aFunction,
  model: fields({ defaults: anObject }),
  device: anObject,
});

/**
 * Checks the arguments of a public function: each by its name, with its value.
 *
 * @throws EngineError "input-invalid" that names the function and the argument
 */
export const accept = (
  name: string,
  given: Readonly<Record<string, readonly [value: unknown, check: Check]>>,
): void => {
  for (const [argument, [value, check]] of Object.entries(given)) {
    let wrong: string | undefined;
    try {
      wrong = check(value, argument);
    } catch {
      wrong = `${argument} cannot be read`; // a getter or a proxy that throws
    }
    if (wrong !== undefined) throw new EngineError("input-invalid", `${name}: ${wrong}.`);
  }
};
