import type { Knob, KnobValue, Options } from "../program/example-module.js";

/** Options as the controls of a method's page can set them, or the names of those that they cannot. */
export type Linked = { readonly options: Options } | { readonly cannot: readonly string[] };

const valueOn = (knob: Knob, value: unknown): KnobValue | undefined => {
  if (knob.type === "toggle") return typeof value === "boolean" ? value : undefined;
  if (knob.type === "select") {
    const chosen = value ?? "none"; // an option that is off, where the control has a choice for that
    return typeof chosen === "string" && knob.choices.includes(chosen) ? chosen : undefined;
  }
  const { min, max } = knob;
  const within = (one: unknown): one is number => typeof one === "number" && one >= min && one <= max;
  if (knob.type === "range") {
    // A range of "every N steps" that is off is one that computes every step.
    if (value === null && min === 1) return 1;
    return within(value) ? value : undefined;
  }
  const [low, high] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
  return within(low) && within(high) && low < high ? [low, high] : undefined;
};

/**
 * What a link to a method's page carries for a method: a value for every control, also where the method's default is not
 * the page's.
 *
 * @param wanted options that were set, by name
 * @param all the method's options, defaults included
 */
export const linkedOptions = (
  knobs: readonly Knob[],
  wanted: Readonly<Record<string, unknown>>,
  all: Readonly<Record<string, unknown>>,
): Linked => {
  const values = knobs.map((knob) => [knob.name, valueOn(knob, all[knob.name])] as const);
  const without = Object.keys(wanted).filter((name) => !knobs.some((knob) => knob.name === name));
  const cannot = [...values.flatMap(([name, value]) => (value === undefined ? [name] : [])), ...without];
  // Of options that exclude each other the one that was set is named, not the one that it turns off.
  const set = cannot.filter((name) => name in wanted);
  return cannot.length > 0
    ? { cannot: set.length > 0 ? set : cannot }
    : { options: Object.fromEntries(values) as Options };
};
