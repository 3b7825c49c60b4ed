import { kindNames } from "../../grid/grid-rows.js";
import type { CellError, CellResult, ConsoleLine, ExportedMethod, Shown } from "../cell/messages.js";
import { checkedPlot } from "./checked-plot.js";

// What a cell's worker sends may have been forged by the reader's code, or have come without end. Here it becomes what the
// page can draw: every text, table, plot and clip within bounds, the rest of it said in one line.

/** What the page takes of one run of a program. */
const most = {
  /** Things displayed. */
  things: 200,
  lines: 1000,
  /** Signs of all texts. */
  signs: 1_000_000,
  /** Cells of all tables. */
  cells: 25_000,
  /** Data of all marks of all plots. */
  points: 30_000,
  /** Numbers of all clips. */
  values: 64 * 1024 * 1024,
};

type Kind = keyof typeof most;

const inWords: Readonly<Record<Kind, string>> = {
  things: "things displayed",
  lines: "lines of the console",
  signs: "signs of text",
  cells: "cells of tables",
  points: "data of plots",
  values: "numbers of clips",
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const list = (value: unknown, length: number): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, length) : [];

/** A text of no more than so many signs; "" for what is none. */
export const textOf = (value: unknown, signs: number): string => {
  const text = ["string", "number", "boolean"].includes(typeof value) ? String(value) : "";
  return text.length > signs ? `${text.slice(0, signs)} … ${text.length - signs} more signs` : text;
};

const whole = (value: unknown, from: number): value is number => Number.isSafeInteger(value) && Number(value) >= from;

/** An error of a program, whoever made it. */
export const checkedError = (value: unknown): CellError => {
  const { name, message, hint, code, at } = isObject(value) ? value : {};
  const { program, line, column } = isObject(at) ? at : {};
  const isPlace = typeof program === "string" && /^[\w-]{1,60}$/.test(program) && whole(line, 1) && whole(column, 1);
  return {
    name: textOf(name, 60) || "Error",
    message: textOf(message, 2000),
    ...(hint ? { hint: textOf(hint, 500) } : {}),
    ...(code ? { code: textOf(code, 60) } : {}),
    ...(isPlace ? { at: { program, line, column } } : {}),
  };
};

/** What a program says that it exports. */
export const checkedResult = (value: unknown): CellResult => {
  const { methods, knobs } = isObject(value) ? value : {};
  const named = list(methods, 20).flatMap((one): ExportedMethod[] => {
    const { name, exported } = isObject(one) ? one : {};
    return typeof name === "string" && typeof exported === "string"
      ? [{ name: name.slice(0, 60), exported: exported.slice(0, 60) }]
      : [];
  });
  return { methods: named, knobs: typeof knobs === "string" && knobs.length <= 100_000 ? knobs : "null" };
};

/**
 * Takes what a run of a program displays and logs, as far as the page can draw it.
 *
 * @param tell told once of each kind of thing that was cut, in words
 */
export const checkedOutput = (tell: (text: string) => void) => {
  const left: Record<Kind, number> = { ...most };
  const told = new Set<Kind>();
  /** @returns how many of so many there is room for */
  const take = (kind: Kind, count: number): number => {
    const taken = Math.min(count, left[kind]);
    left[kind] -= taken;
    if (taken < count && !told.has(kind)) {
      told.add(kind);
      tell(`Cut here: a run can show ${most[kind].toLocaleString("en")} ${inWords[kind]}, and this one has more.`);
    }
    return taken;
  };
  const text = (value: unknown, signs: number): string => {
    const full = textOf(value, signs);
    return full.slice(0, take("signs", full.length));
  };

  const forms: { readonly [Type in Shown["type"]]: (shown: Readonly<Record<string, unknown>>) => Shown } = {
    text: ({ text: said }) => ({ type: "text", text: text(said, 50_000) }),
    table({ columns, rows, more }) {
      const names = list(columns, 50).map((name) => text(name, 200));
      const given = list(rows, 500);
      const count = Math.floor(take("cells", given.length * names.length) / Math.max(1, names.length));
      const cells = given
        .slice(0, count)
        .map((row) =>
          list(row, names.length).map((cell) => (typeof cell === "number" || cell === null ? cell : text(cell, 500))),
        );
      const others = whole(more, 0) ? more : 0;
      return { type: "table", columns: names, rows: cells, more: others + (given.length - count) };
    },
    grid({ planned }) {
      const sound = list(planned, 500).flatMap((one) => {
        const { site, kind, computed } = isObject(one) ? one : {};
        const isRow = typeof computed === "string" && /^[01]{1,1000}$/.test(computed);
        return isRow && Object.hasOwn(kindNames, String(kind))
          ? [{ site: textOf(site, 200), kind: kind as keyof typeof kindNames, computed }]
          : [];
      });
      const steps = sound.reduce((sum, { computed }) => sum + computed.length, 0);
      return { type: "grid", planned: take("cells", steps) < steps ? [] : sound };
    },
    clip({ label, fps, dims, data }) {
      const lengths = list(dims, 5).map(Number);
      const size = lengths.reduce((product, length) => product * length, 1);
      if (lengths.length !== 5 || lengths[1] !== 3 || !lengths.every((length) => whole(length, 1)))
        throw new Error(`a clip has the shape [clips, 3, frames, height, width], this one ${lengths.join(" × ")}`);
      if (!(data instanceof Float32Array) || data.length !== size)
        throw new Error(`a clip of ${lengths.join(" × ")} has ${size} numbers`);
      if (take("values", size) < size) throw new Error("it is too large");
      return { type: "clip", label: text(label, 200), fps: whole(fps, 1) && fps <= 60 ? fps : 8, dims: lengths, data };
    },
    plot: ({ plot }) => ({ type: "plot", plot: checkedPlot(plot, (count) => take("points", count)) }),
  };

  return {
    /** @returns undefined for what there is no room for; a text in place of what cannot be drawn */
    shown(value: unknown): Shown | undefined {
      if (take("things", 1) === 0) return undefined;
      const { type } = isObject(value) ? value : {};
      if (!isObject(value) || !Object.hasOwn(forms, String(type)))
        return { type: "text", text: "This cannot be shown: it is nothing that display sends" };
      try {
        return forms[type as Shown["type"]](value);
      } catch (error) {
        const name = type === "plot" ? "This plot cannot be drawn" : "This cannot be shown";
        return { type: "text", text: `${name}: ${textOf((error as Error).message, 500)}` };
      }
    },
    line(value: unknown): ConsoleLine | undefined {
      if (take("lines", 1) === 0) return undefined;
      const { level, text: said } = isObject(value) ? value : {};
      const known = (["log", "info", "warn", "error"] as const).find((one) => one === level);
      return { level: known ?? "log", text: text(said, 20_000) };
    },
  };
};

export type CheckedOutput = ReturnType<typeof checkedOutput>;
