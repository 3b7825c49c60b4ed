import { EngineError, shown } from "../../errors.js";
import { mostLayers } from "../../models/sites.js";

/** Reads the fields of a config.json; a missing one has the class's default in diffusers. */
export interface ConfigFields {
  readonly whole: (field: string, standard: number, least?: number) => number;
  readonly number: (field: string, standard: number) => number;
  readonly flag: (field: string, standard: boolean) => boolean;
  readonly text: (field: string, standard: string) => string;
  readonly wholes: (field: string, standard: readonly number[]) => readonly number[];
}

/** No network of anybody is larger, and products of larger numbers would not be exact. */
const most = 1_048_576;

/** @throws EngineError "model-config" that names the field, its value and what was expected */
export const configFields = (json: unknown): ConfigFields => {
  const refuse = (field: string, value: unknown, expected: string): never => {
    throw new EngineError("model-config", `config.json has ${field} = ${shown(value)}; expected ${expected}.`, {
      hint: "Give the config.json of a transformer as diffusers saves it.",
    });
  };
  if (typeof json !== "object" || json === null || Array.isArray(json)) return refuse("itself", json, "an object");
  const fields = json as Readonly<Record<string, unknown>>;
  const get = (field: string): unknown => (Object.hasOwn(fields, field) ? fields[field] : undefined) ?? undefined;
  const isWhole = (value: unknown, least: number, high = most): value is number =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= high;
  return {
    whole: (field, standard, least = 1) => {
      const value = get(field) ?? standard;
      const high = /(layers|blocks|depth)$/.test(field) ? mostLayers : most;
      return isWhole(value, least, high) ? value : refuse(field, value, `a whole number from ${least} to ${high}`);
    },
    number: (field, standard) => {
      const value = get(field) ?? standard;
      return typeof value === "number" && value > 0 && value <= 1000
        ? value
        : refuse(field, value, "a number above 0, at most 1000");
    },
    flag: (field, standard) => {
      const value = get(field) ?? standard;
      return typeof value === "boolean" ? value : refuse(field, value, "true or false");
    },
    text: (field, standard) => {
      const value = get(field) ?? standard;
      return typeof value === "string" ? value : refuse(field, value, "a text");
    },
    wholes: (field, standard) => {
      const value = get(field) ?? standard;
      return Array.isArray(value) && value.length <= 100 && value.every((one) => isWhole(one, 0))
        ? (value as readonly number[])
        : refuse(field, value, "a list of whole numbers");
    },
  };
};
