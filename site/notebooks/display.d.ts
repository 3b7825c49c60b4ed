/** Shows values under a cell: text, tables, clips, decision grids and plots. */
declare const display: (...values: readonly unknown[]) => void;
