import { EngineError, shown } from "../errors.js";
import { textOf, type Values } from "./arguments.js";

const invalid = (message: string, hint?: string): EngineError =>
  new EngineError("argument-invalid", message, hint === undefined ? {} : { hint });

/** Number() alone also takes "", "0x10" and "0b1", which are more likely slips than numbers of steps. */
const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** What a word says in digits; NaN for any other word. */
const numberIn = (word: string): number => {
  const value = numeral.test(word) ? Number(word) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
};

export const numberOf = (values: Values, flag: string): number | undefined => {
  const text = textOf(values, flag);
  if (text === undefined) return undefined;
  const value = numberIn(text);
  if (!Number.isNaN(value)) return value;
  throw invalid(`--${flag} is ${shown(text)}; expected a number.`);
};

/** Numbers between commas; undefined where one is none. */
export const numbersIn = (text: string): readonly number[] | undefined => {
  const numbers = text.split(",").map((word) => numberIn(word.trim()));
  return numbers.some(Number.isNaN) ? undefined : numbers;
};

/** A number of a flag within bounds. */
export const within = (values: Values, flag: string, low: number, high: number): number | undefined => {
  const value = numberOf(values, flag);
  if (value === undefined || (value >= low && value <= high)) return value;
  const wanted = high === Number.MAX_VALUE ? `from ${low} up` : `from ${low} to ${high}`;
  throw invalid(`--${flag} is ${value}; expected a number ${wanted}.`, "Give another.");
};

/** The guidance scale in --guidance. */
export const guidanceOf = (values: Values): number | undefined => within(values, "guidance", 0, Number.MAX_VALUE);

/** The ideal speed-up in --speedup. */
export const speedUpIn = (values: Values): number | undefined => {
  const speedup = numberOf(values, "speedup");
  if (speedup === undefined || (speedup > 1 && speedup < 1000)) return speedup;
  throw invalid(`--speedup is ${speedup}; expected a number above 1 and below 1000.`);
};
