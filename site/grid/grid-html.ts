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

const row = (one: GridRow): string => {
  const { label, sites, cells } = one;
  const computed = cells.filter((cell) => cell === "compute").length;
  const marks = cells
    .map((cell, step) => `<i data-cell="${cell}" title="Step ${step + 1}: ${cellNames[cell]}"></i>`)
    .join("");
  const count = cells.includes("pending")
    ? ""
    : `${computed} of ${cells.length}<span class="dc-roomy"> computed</span>`;
  return `<div class="dc-grid-row"><div class="dc-grid-label"><span>${label}${
    sites.length > 1 ? ` <span class="dc-quiet">× ${sites.length}</span>` : ""
  }</span><span class="dc-quiet dc-number">${count}</span></div><div class="dc-grid-cells" role="img" aria-label="${rowInWords(one)}">${marks}</div></div>`;
};

/** A decision grid: one line per kind of site, one cell per denoising step. The same markup at build and in the page. */
export const gridHtml = (rows: readonly GridRow[]): string => {
  const steps = rows[0]?.cells.length ?? 0;
  return `${rows.map(row).join("")}<div class="dc-grid-axis dc-quiet" aria-hidden="true"><span>step 1 (noise)</span><span>step ${steps} (clip)</span></div>`;
};

/** What the colours of these rows mean. */
export const gridLegend = (rows: readonly GridRow[]): string =>
  (["compute", "reuse", "forecast", "mixed"] as const)
    .filter((cell) => rows.some(({ cells }) => cells.includes(cell)))
    .map((cell) => `<span class="dc-legend"><i data-cell="${cell}"></i>${cellNames[cell]}</span>`)
    .join("");

/** Draws a grid and its legend into the places that a panel has for them. */
export const drawGrid = (panel: HTMLElement, rows: readonly GridRow[]): void => {
  const [grid, legend] = ["grid", "legend"].map((part) => panel.querySelector(`[data-part=${part}]`));
  if (grid) grid.innerHTML = gridHtml(rows);
  if (legend) legend.innerHTML = gridLegend(rows);
};
