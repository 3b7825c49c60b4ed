export type Cells = Readonly<Record<string, string | number>>;

/** A GitHub table, columns in the order of the first row. */
export const markdown = (rows: readonly Cells[]): string => {
  const columns = Object.keys(rows[0] ?? {});
  const cell = (value: string | number): string => String(value).replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map((row) => line(columns.map((column) => row[column] ?? ""))),
  ].join("\n");
};

/**
 * RFC 4180. A text that a spreadsheet would take for a formula, after blanks and in its wide signs too, gets an apostrophe before it, which spreadsheets do not
 * show: names and options may come from a file of somebody else. Numbers are written as they are.
 */
export const csv = (rows: readonly Cells[]): string => {
  const columns = Object.keys(rows[0] ?? {});
  const harmless = (cell: string | number): string =>
    typeof cell === "string" && /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(cell) ? `'${cell}` : String(cell);
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))]
    .map((cells) => cells.map((cell) => quoted(harmless(cell))).join(","))
    .join("\r\n");
};
