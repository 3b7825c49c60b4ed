import type { Knob, KnobValue, Options } from "./example-module.js";
import { ShareError } from "./share-link.js";

/** What a link says an example shall run with. */
export interface SharedSettings {
  readonly example: string;
  readonly model: string;
  readonly prompt: string;
  readonly seed: number;
  readonly guidance: number;
  readonly steps: number;
  readonly options: Options;
}

const within = (value: unknown, min: number, max: number): value is number =>
  typeof value === "number" && value >= min && value <= max;

/** Whether a control can stand at a value. */
const takes = (knob: Knob, value: unknown): value is KnobValue => {
  if (knob.type === "toggle") return typeof value === "boolean";
  if (knob.type === "select") return typeof value === "string" && knob.choices.includes(value);
  const { min, max } = knob;
  if (knob.type === "range") return within(value, min, max);
  const [low, high] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
  return within(low, min, max) && within(high, min, max) && low < high;
};

/**
 * The settings of a link, held to what the page can set. Options that the link leaves out stay at their default.
 *
 * @throws ShareError naming what does not fit
 */
export const sharedSettings = (value: unknown, knobs: readonly Knob[]): SharedSettings => {
  const given = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const { example, model, prompt, seed, guidance, steps, options = {} } = given;
  const refuse = (name: string, found: unknown): never => {
    throw new ShareError(`This link sets ${name} to ${JSON.stringify(found)?.slice(0, 60)}, which this page cannot.`);
  };
  if (typeof example !== "string") return refuse("example", example);
  if (typeof model !== "string") return refuse("model", model);
  if (typeof prompt !== "string" || prompt.length > 500) return refuse("prompt", prompt);
  if (!within(seed, 0, 4294967295) || !Number.isInteger(seed)) return refuse("seed", seed);
  if (!within(guidance, 1, 20)) return refuse("guidance", guidance);
  if (!within(steps, 2, 50) || !Number.isInteger(steps)) return refuse("steps", steps);
  if (typeof options !== "object" || options === null) return refuse("options", options);
  const said = Object.entries(options).map(([name, one]: [string, unknown]): [string, KnobValue] => {
    const knob = knobs.find((known) => known.name === name);
    return knob && takes(knob, one) ? [name, one] : refuse(name, one);
  });
  const all = Object.fromEntries(knobs.map((knob): [string, KnobValue] => [knob.name, knob.default]));
  return { example, model, prompt, seed, guidance, steps, options: { ...all, ...Object.fromEntries(said) } };
};
