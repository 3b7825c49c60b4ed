import { EngineError, shown } from "../errors.js";
import { quantisationOf } from "../files/bit-blocks.js";
import { mostLayers } from "../models/sites.js";

export type ConfigReader = ReturnType<typeof configReader>;

/**
 * Reads a network's config.json field by field under diffusers' names and defaults. A field that was not read and says
 * something is refused by `done`, so that no setting is passed over in silence.
 *
 * @param hint what to do about a field that is refused
 * @throws EngineError "model-config" that names the field, its value and what was expected; from every reader
 */
export const configReader = (json: unknown, hint: string) => {
  const refuse = (field: string, value: unknown, expected: string): never => {
    throw new EngineError("model-config", `config.json has ${field} = ${shown(value, 60)}; expected ${expected}.`, {
      hint,
    });
  };
  if (typeof json !== "object" || json === null || Array.isArray(json)) return refuse("itself", json, "an object");
  const fields = json as Readonly<Record<string, unknown>>;
  const read = new Set<string>();
  const get = (field: string): unknown => {
    read.add(field);
    return Object.hasOwn(fields, field) ? fields[field] : undefined;
  };
  /** Null is a value, of which diffusers makes no default. */
  const said = (field: string, fallback: unknown): unknown => {
    const value = get(field);
    return value === undefined ? fallback : value;
  };
  const isWhole = (value: unknown, least: number, most = 2 ** 20): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  const reader = {
    get,
    refuse: (field: string, expected: string): never => refuse(field, get(field), expected),
    /** A whole number from `least` on; numbers of layers up to what can be planned. */
    whole(field: string, fallback: number | undefined, least = 1): number {
      const value = said(field, fallback);
      const most = field.endsWith("layers") ? mostLayers : undefined;
      const range = most === undefined ? `from ${least} on` : `from ${least} to ${most}`;
      return isWhole(value, least, most) ? value : refuse(field, value, `a whole number ${range}`);
    },
    /** A whole number above 0, or undefined where the field is null or missing. */
    maybe: (field: string): number | undefined => ((get(field) ?? null) === null ? undefined : reader.whole(field, 0)),
    real(field: string, fallback: number): number {
      const value = said(field, fallback);
      return typeof value === "number" && value > 0 && Number.isFinite(value)
        ? value
        : refuse(field, value, "a number above 0");
    },
    /** Any number; the fallback where the field is null or missing. */
    number(field: string, fallback: number): number {
      const value = get(field) ?? fallback;
      return typeof value === "number" && Number.isFinite(value) ? value : refuse(field, value, "a number");
    },
    /** Null is false, as it is to Python. */
    flag(field: string, fallback: boolean): boolean {
      const value = said(field, fallback) ?? false;
      return typeof value === "boolean" ? value : refuse(field, value, "true or false");
    },
    /** One of a few values. */
    oneOf<T extends string | number | boolean | null>(field: string, fallback: T, allowed: readonly T[]): T {
      const value = said(field, fallback) as T;
      const names = allowed.map((one) => JSON.stringify(one)).join(" or ");
      return allowed.includes(value) ? value : refuse(field, value, names);
    },
    /** Whole numbers, `count` of them if that is given. */
    wholes(field: string, fallback: readonly number[], count?: number, least = 1): readonly number[] {
      const value = said(field, fallback);
      const fits = Array.isArray(value) && value.every((one) => isWhole(one, least));
      return fits && (count === undefined || value.length === count)
        ? value
        : refuse(field, value, `${count === undefined ? "a list of" : count} whole numbers from ${least} on`);
    },
    /** Fields that change nothing in a forward pass here: dropout, what training used. */
    ignore: (...names: readonly string[]): void => {
      for (const name of names) read.add(name);
    },
    /** Refuses what is set and was not read. */
    done(): void {
      if (quantisationOf("config.json", fields)) read.add("quantization_config"); // of the weights, which were read by it
      for (const [field, value] of Object.entries(fields))
        if (!read.has(field) && !field.startsWith("_") && value !== null && value !== false)
          refuse(field, value, "nothing: the graphs do not cover this field");
    },
  };
  return reader;
};
