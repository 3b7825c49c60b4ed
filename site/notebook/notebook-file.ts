/** One cell: a program that earlier cells' exports can be imported into, by the name of their cell. */
export interface CellText {
  readonly name: string;
  readonly code: string;
}

/** A notebook as a file. */
export interface NotebookFile {
  readonly format: "diffusion-cache/notebook";
  readonly version: 1;
  readonly cells: readonly CellText[];
}

const mostCells = 50;
const mostSigns = 100_000;
/** Of all cells: what the editors of a page can hold. */
const mostOfAll = 1_000_000;

export const notebookFile = (cells: readonly CellText[]): NotebookFile => ({
  format: "diffusion-cache/notebook",
  version: 1,
  cells: cells.map(({ name, code }) => ({ name, code })),
});

/** What is wrong with a notebook, in words for its reader. */
export class NotebookError extends Error {
  readonly hint = "The notebook of this page stays as it was.";
}

const refuse = (what: string): never => {
  throw new NotebookError(`This is no notebook of ours: ${what}.`);
};

/**
 * The cells of a notebook from a file or a link.
 *
 * @throws NotebookError naming what does not fit
 */
export const cellsOf = (value: unknown): readonly CellText[] => {
  const { format, version, cells } = (typeof value === "object" && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (format !== "diffusion-cache/notebook") return refuse('its format is not "diffusion-cache/notebook"');
  if (version !== 1)
    throw new NotebookError(
      `This notebook is of version ${JSON.stringify(version)?.slice(0, 20)}; this page reads version 1.`,
    );
  if (!Array.isArray(cells) || cells.length === 0) return refuse("it has no cells");
  if (cells.length > mostCells) return refuse(`it has ${cells.length} cells, more than ${mostCells}`);
  const names = new Set<string>();
  let signs = 0;
  return cells.map((cell: unknown, index): CellText => {
    const { name, code } = (typeof cell === "object" && cell !== null ? cell : {}) as Record<string, unknown>;
    if (typeof name !== "string" || !/^[\w-]{1,40}$/.test(name))
      return refuse(`cell ${index + 1} has no name of letters, digits, _ and -`);
    if (names.has(name)) return refuse(`two cells are called ${name}`);
    if (typeof code !== "string" || code.length > mostSigns)
      return refuse(`${name} has no program of at most ${mostSigns} signs`);
    names.add(name);
    signs += code.length;
    if (signs > mostOfAll) return refuse(`its programs have more than ${mostOfAll} signs`);
    return { name, code };
  });
};

/** @throws NotebookError */
export const cellsOfText = (text: string): readonly CellText[] => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("it is not JSON");
  }
  return cellsOf(value);
};
