import type { Cell, GridRow } from "./grid-rows.js";

export const cellNames: Readonly<Record<Cell, string>> = {
  compute: "computed",
  reuse: "reused",
  forecast: "forecast",
  mixed: "partly computed",
  pending: "not yet",
};

const stepsOf = (cells: readonly Cell[], cell: Cell): string =>
  cells.flatMap((here, step) => (here === cell ? [step + 1] : [])).join(", ");

/** What a row says, for those who do not see it. */
export const rowInWords = ({ label, cells }: GridRow): string => {
  const parts = (Object.keys(cellNames) as Cell[])
    .filter((cell) => cells.includes(cell))
    .map(
      (cell) =>
        `${cellNames[cell]} in ${cells.every((here) => here === cell) ? "all steps" : `steps ${stepsOf(cells, cell)}`}`,
    );
  return `${label}: ${parts.join("; ")}.`;
};
