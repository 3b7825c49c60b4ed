export type Cell = string | number | null;

/** A text that a spreadsheet would take for a formula is kept a text by an apostrophe before it. */
const guarded = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const field = (cell: Cell): string => {
  if (cell === null) return "";
  const text = typeof cell === "number" ? String(cell) : guarded(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Comma-separated values by RFC 4180: a head, lines that end in CRLF, quotes where they are needed. */
export const csv = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [columns, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
