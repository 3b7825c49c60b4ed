import type { CacheMethod, SiteMap, Trace } from "diffusion-cache";
import type { Cell, GridRow } from "../grid/grid-rows.js";
import { runRows, tracedRows } from "../grid/run-rows.js";

/** The one row that says most of a run: of the widest site that a method decides about, else the first that rests. */
export const widest = (rows: readonly GridRow[]): GridRow | undefined =>
  rows.findLast(({ kind }) => ["guided", "output", "blocks"].includes(kind)) ??
  rows.find(({ cells }) => cells.some((cell) => cell !== "compute")) ??
  rows[0];

/** The cells of a finished run's strip. */
export const stripOf = (methods: readonly CacheMethod[], map: SiteMap, trace: Trace): readonly Cell[] =>
  widest(tracedRows(methods, map, trace))?.cells ?? [];

/** A strip that fills in while a run goes on. */
export const growingStrip = (methods: readonly CacheMethod[], map: SiteMap, steps: number) => {
  const run = runRows(methods, map, steps);
  return {
    step: run.step,
    cells: (): readonly Cell[] => widest(run.rows())?.cells ?? [],
  };
};

/** "11 of 20 steps computed". */
export const stripInWords = (cells: readonly Cell[]): string =>
  `${cells.filter((cell) => cell === "compute").length} of ${cells.length} steps computed`;
