import type { CellRun } from "./cell.svelte.js";

/** What the order of running needs to know of a cell. */
export interface OrderedCell {
  readonly name: string;
  readonly code: string;
  readonly imports: readonly string[];
  readonly run: CellRun | undefined;
}

/**
 * The cells that a cell imports from, directly or through others, in the order of the notebook, and itself last.
 *
 * @throws Error for an import of a cell that comes later or is not there
 */
export const order = <Cell extends OrderedCell>(cell: Cell, cells: readonly Cell[]): readonly Cell[] => {
  const needed = new Set<Cell>();
  const visit = (one: Cell): void => {
    if (needed.has(one)) return;
    needed.add(one);
    for (const name of one.imports) {
      const from = cells.find((other) => other.name === name);
      if (!from) throw new Error(`${one.name} imports from ${name}, and no cell is called that.`);
      if (cells.indexOf(from) >= cells.indexOf(one))
        throw new Error(`${one.name} imports from ${name}, which does not come before it.`);
      visit(from);
    }
  };
  visit(cell);
  return cells.filter((one) => needed.has(one));
};

/** Says why a cell's result no longer stands; undefined where it does, or where there is none. */
export const freshness = (cells: readonly OrderedCell[], worker: number) => {
  const why = (cell: OrderedCell, depth = 0): string | undefined => {
    const { run } = cell;
    if (!run || depth > cells.length) return undefined;
    if (run.code !== cell.code) return "edited since this result";
    if (run.worker !== worker) return "its worker was stopped, and what it exported is gone";
    for (const [name, number] of run.imported) {
      const from = cells.find((one) => one.name === name);
      if (!from?.run) return `${name} has no result now`;
      if (from.run.number !== number) return `${name} has run again since`;
      if (why(from, depth + 1)) return `the result of ${name} is stale`;
    }
    return undefined;
  };
  return (cell: OrderedCell): string | undefined => why(cell);
};
