import type { Clip, PlannedSite, Result } from "diffusion-cache";
import type { Shown, TableCell } from "./messages.js";
import { Plotted } from "./plot.js";

const mostRows = 500;
const mostSigns = 20_000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const isClip = (value: unknown): value is Clip =>
  isObject(value) && value.data instanceof Float32Array && Array.isArray(value.dims) && value.dims.length === 5;

const isResult = (value: unknown): value is Result => isObject(value) && isClip(value.clip) && isObject(value.trace);

const isPlanned = (value: unknown): value is PlannedSite =>
  isObject(value) &&
  typeof value.site === "string" &&
  typeof value.kind === "string" &&
  /^[01]+$/.test(String(value.computed));

const shortened = (text: string): string =>
  text.length > mostSigns ? `${text.slice(0, mostSigns)}\n… ${text.length - mostSigns} more signs` : text;

/** JSON, or where a value refuses to be either JSON or text, what kind of thing it is. */
const jsonOf = (value: unknown, said: (key: string, one: unknown) => unknown): string => {
  try {
    return JSON.stringify(value, said, 2) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
};

/** A value in words: JSON where it is data, with long arrays of numbers shortened. */
export const inWords = (value: unknown): string => {
  if (typeof value === "string") return shortened(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const seen = new Set<object>();
  const said = (_: string, one: unknown): unknown => {
    if (typeof one === "function") return `ƒ ${one.name}`;
    if (typeof one === "bigint" || typeof one === "symbol") return String(one);
    if (typeof one === "number" && !Number.isFinite(one)) return String(one);
    if (!isObject(one)) return one;
    if (ArrayBuffer.isView(one)) {
      const numbers = one as unknown as ArrayLike<number>;
      const few = Array.from({ length: Math.min(6, numbers.length) }, (_, at) => numbers[at]);
      return `${one.constructor.name}(${numbers.length}) ${few.join(", ")}${numbers.length > 6 ? " …" : ""}`;
    }
    if (seen.has(one)) return "…";
    seen.add(one);
    return one instanceof Map ? Object.fromEntries(one) : one instanceof Set ? [...one] : one;
  };
  const lines = jsonOf(value, said);
  const line = lines.replace(/\n\s*/g, " ");
  return shortened(line.length <= 100 ? line : lines);
};

const tableCell = (value: unknown): TableCell =>
  value === null || typeof value === "number" || typeof value === "boolean"
    ? value
    : value === undefined
      ? ""
      : inWords(value).slice(0, 500);

const table = (given: readonly Readonly<Record<string, unknown>>[]): Shown => {
  const rows = given.slice(0, mostRows);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 50);
  return {
    type: "table",
    columns,
    rows: rows.map((row) => columns.map((column) => tableCell(row[column]))),
    more: given.length - rows.length,
  };
};

const clip = ({ fps, dims, data }: Clip, label: string): Shown => ({
  type: "clip",
  ...{ label, fps, dims: [...dims], data: data.slice() },
});

/** What `display(value)` sends to the page: clips, tables, grids and plots as such, everything else in words. */
export const shownOf = (value: unknown): readonly Shown[] => {
  if (value instanceof Plotted) return [{ type: "plot", plot: value.shown }];
  if (isClip(value)) return [clip(value, "clip")];
  if (isResult(value)) {
    const { clip: made, trace } = value;
    const names = trace.methods.map(({ name }) => name).join(" + ") || "uncached";
    return [clip(made, `${names}: ${(trace.totals.wallMs / 1000).toFixed(2)} s, ${trace.prompt ?? "no prompt"}`)];
  }
  if (isObject(value) && isResult(value.uncached) && isResult(value.cached))
    return [...shownOf(value.uncached), ...shownOf(value.cached), { type: "text", text: inWords(value.quality) }];
  if (Array.isArray(value) && value.length > 0) {
    if (value.every(isPlanned))
      return [{ type: "grid", planned: value.map(({ site, kind, computed }) => ({ site, kind, computed })) }];
    if (value.every(isResult)) return value.flatMap(shownOf);
    if (value.every((row) => isObject(row) && !Array.isArray(row) && !ArrayBuffer.isView(row))) return [table(value)];
  }
  return [{ type: "text", text: inWords(value) }];
};
