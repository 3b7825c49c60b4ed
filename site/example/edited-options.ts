import type { Knob, KnobValue, Options } from "../program/example-module.js";

const isValue = (value: unknown): value is KnobValue =>
  ["number", "string", "boolean"].includes(typeof value) ||
  (Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === "number"));

/** The options of a run of an edited program: its own defaults count for every control that the reader left alone. */
export const editedOptions = (chosen: Options, shipped: readonly Knob[], edited: unknown): Options => {
  const own = Array.isArray(edited) ? (edited as readonly Partial<Knob>[]) : [];
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const untouched = own.flatMap(({ name, default: value }): [string, KnobValue][] => {
    const known = shipped.find((knob) => knob.name === name);
    const moved = known && !same(chosen[known.name], known.default);
    return typeof name === "string" && isValue(value) && !moved ? [[name, value]] : [];
  });
  return { ...chosen, ...Object.fromEntries(untouched) };
};
