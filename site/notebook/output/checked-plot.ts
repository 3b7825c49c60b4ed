import type { MarkShown, PlotShown } from "../cell/messages.js";
import { markNames } from "../cell/plot.js";

// A plot that a reader's program described, held to what draws and draws in time. Options take values of known forms
// alone: no value can become a style that loads something, name a document outside, or grow without bound.

type Check = (value: unknown) => boolean;
type Options = Readonly<Record<string, unknown>>;

const [mostMarks, mostNames, mostFacets] = [50, 1000, 40];

const isText: Check = (value) => typeof value === "string" && value.length <= 200;
const isTruth: Check = (value) => typeof value === "boolean";
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const within =
  (low: number, high: number): Check =>
  (value) =>
    isNumber(value) && low <= Number(value) && Number(value) <= high;
const matches =
  (form: RegExp): Check =>
  (value) =>
    typeof value === "string" && form.test(value);
const or =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const listOf =
  (check: Check, length: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= length && value.every(check);

/** Numbers, texts, truth values, dates, nothing: what data are made of. */
const isDatum: Check = (value) =>
  value === null ||
  value === undefined ||
  ["number", "boolean"].includes(typeof value) ||
  isText(value) ||
  value instanceof Date;

/** One word: the library knows its names, and says so of others. */
const isWord = matches(/^[A-Za-z][A-Za-z0-9-]{0,39}$/);

/** No sign that could begin an address or an escape; whether it is a colour, the browser knows. */
const colourForms =
  /^(#[0-9a-f]{3,8}|[a-z]{1,30}|var\(--[\w-]{1,40}\)|(rgba?|hsla?|hwb|lab|lch|oklab|oklch)\([-+.,%/ 0-9a-z]{1,60}\))$/i;

/** A colour as CSS has it, or "none". */
export const isColour: Check = (value) =>
  typeof value === "string" &&
  colourForms.test(value) &&
  (value === "none" || globalThis.CSS === undefined || CSS.supports("color", value));

const format = matches(/^([^{}\\]?[<>=^])?[-+( ]?[$#]?0?\d{0,2},?(\.\d{1,2})?~?[a-zA-Z%]?$/);
const timeFormat = matches(/^%[-_0]?[A-Za-z%]([\w :/.,-]|%[-_0]?[A-Za-z%]){0,40}$/);

const looks: Readonly<Record<string, Check>> = {
  fillOpacity: within(0, 1),
  strokeOpacity: within(0, 1),
  strokeWidth: within(0, 100),
  strokeDasharray: or(within(0, 1000), matches(/^[\d., ]{1,60}$/)),
  symbol: isWord,
  curve: isWord,
  dx: within(-1000, 1000),
  dy: within(-1000, 1000),
  fontSize: within(1, 100),
  textAnchor: isWord,
  lineAnchor: isWord,
  inset: within(-1000, 1000),
  rotate: within(-360, 360),
  tip: isTruth,
};

const colourChannels: readonly string[] = ["fill", "stroke"];
const facets: readonly string[] = ["fx", "fy"];
const channels: readonly string[] = [
  ...["x", "y", "x1", "x2", "y1", "y2", "z", "r", "text", "opacity"],
  ...colourChannels,
  ...facets,
];

const scaleNames: readonly string[] = ["x", "y", "fx", "fy", "r", "color", "opacity"];
const ofScales = (name: string): Readonly<Record<string, Check>> => ({
  label: or(isText, (value) => value === null),
  type: isWord,
  domain: listOf(isDatum, mostNames),
  range: listOf(name === "color" ? isColour : isNumber, mostNames),
  grid: isTruth,
  ticks: or(within(0, 100), listOf(isDatum, 100), (value) => value === null),
  tickFormat: or(format, timeFormat),
  legend: isTruth,
  scheme: isWord,
  nice: or(isTruth, within(0, 100)),
  zero: isTruth,
  percent: isTruth,
  reverse: isTruth,
  base: within(1.01, 1e6),
});

const sizes: Readonly<Record<string, Check>> = {
  height: within(20, 2000),
  marginLeft: within(0, 500),
  marginRight: within(0, 500),
  marginTop: within(0, 500),
  marginBottom: within(0, 500),
  inset: within(0, 500),
  grid: isTruth,
};

const shown = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : Array.isArray(value) ? "a list" : String(value);
  return text.length > 60 ? `${text.slice(0, 60)} …` : text;
};

const objectOf = (value: unknown): Options => (typeof value === "object" && value !== null ? (value as Options) : {});

/** Those of some options that are known, each of its form. @throws Error naming the first that is not */
const checked = (given: Options, known: Readonly<Record<string, Check>>, of: string): Options =>
  Object.fromEntries(
    Object.entries(known).flatMap(([name, check]) => {
      const value = given[name];
      if (value === undefined) return [];
      if (!check(value)) throw new Error(`${of}${name} is ${shown(value)}, which it cannot be`);
      return [[name, value]];
    }),
  );

const arrayOf = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value)
    ? value
    : ArrayBuffer.isView(value) && !(value instanceof DataView)
      ? Array.from(value as unknown as ArrayLike<unknown>)
      : undefined;

/** The values of a channel, which may carry the name of their field; undefined for a constant. */
export const valuesOf = (channel: unknown): readonly unknown[] | undefined =>
  arrayOf(channel) ?? arrayOf(objectOf(channel).value);

const channelOf = (of: string, name: string, given: unknown, length: number): unknown => {
  const refuse = (value: unknown, why: string): never => {
    throw new Error(`${name} of ${of} is ${shown(value)}, which ${why}`);
  };
  const values = valuesOf(given)?.slice(0, length);
  if (!values) {
    const isConstant = colourChannels.includes(name)
      ? given === null || isColour(given)
      : isDatum(given) && typeof given !== "string";
    if (isConstant) return given;
    if (length === 0) return undefined; // there was no datum whose field it could have been
    return refuse(
      given,
      colourChannels.includes(name) ? "is neither a colour nor a field of its data" : "is no field of its data",
    );
  }
  const odd = values.find((value) => !isDatum(value));
  if (odd !== undefined) return refuse(odd, "is no number, text of at most 200 signs, truth value or date");
  if (facets.includes(name) && new Set(values).size > mostFacets)
    throw new Error(`${name} of ${of} has more than ${mostFacets} different values`);
  const { label } = objectOf(given);
  // The library takes a channel of what it holds for colours as it is; texts of any other form go through the scale.
  const scaled = colourChannels.includes(name) && values.some((value) => typeof value === "string" && !isColour(value));
  return { value: values, ...(isText(label) ? { label } : {}), ...(scaled ? { scale: true } : {}) };
};

const markOf = (value: unknown, take: (count: number) => number): MarkShown => {
  const { mark, length, options } = objectOf(value);
  if (typeof mark !== "string" || !(markNames as readonly string[]).includes(mark))
    throw new Error(`there is no mark ${shown(mark)}`);
  const count = take(Math.max(0, Math.floor(Number(length)) || 0));
  const given = objectOf(options);
  const drawn = channels.flatMap((name) =>
    given[name] === undefined ? [] : [[name, channelOf(mark, name, given[name], count)] as const],
  );
  return { mark, length: count, options: { ...checked(given, looks, `${mark}: `), ...Object.fromEntries(drawn) } };
};

/** Texts that are no colours get colours from the scale, whatever the library would make of them. */
const colourScale = (color: Options, marks: readonly MarkShown[]): Options => {
  const texts = marks.flatMap(({ options }) =>
    colourChannels.flatMap((name) => valuesOf(options[name]) ?? []).filter((one) => typeof one === "string"),
  );
  const odd = texts.find((text) => !isColour(text));
  if (odd === undefined) return color;
  if (color.type === "identity") throw new Error(`the scale of colours is "identity", and ${shown(odd)} is no colour`);
  return { type: "categorical", ...color };
};

/**
 * A described plot, as far as it can be drawn.
 *
 * @param take how many of so many data there is room for
 * @throws Error saying what cannot be drawn, and why
 */
export const checkedPlot = (value: unknown, take: (count: number) => number): PlotShown => {
  const { marks, options } = objectOf(value);
  if (!Array.isArray(marks)) throw new Error("it has no marks");
  if (marks.length > mostMarks) throw new Error(`it has ${marks.length} marks, more than ${mostMarks}`);
  const drawn = marks.map((mark) => markOf(mark, take));
  const given = objectOf(options);
  const scales = scaleNames.flatMap((name) =>
    given[name] === undefined ? [] : [[name, checked(objectOf(given[name]), ofScales(name), `${name}: `)] as const],
  );
  const named = Object.fromEntries(scales);
  const color = colourScale(named.color ?? {}, drawn);
  const words = Object.fromEntries(
    ["title", "subtitle"].flatMap((name) => (isText(given[name]) ? [[name, given[name]]] : [])),
  );
  return { marks: drawn, options: { ...checked(given, sizes, ""), ...named, ...words, color } };
};
