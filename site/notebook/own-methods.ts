import { shareFragment } from "../program/share-link.js";
import { fingerprint, keepEdit, readEdit } from "./edits.js";
import { type CellText, cellsOf, NotebookError, type NotebookFile, notebookFile } from "./notebook-file.js";

/** A caching method that a reader wrote in a notebook. */
export interface OwnMethod {
  /** As it calls itself; only a label until its program runs. */
  readonly name: string;
  /** What the last cell exports it as. */
  readonly exported: string;
  /** That cell, and before it those that it imports from. */
  readonly notebook: NotebookFile;
}

/** Under what name the browser keeps them. */
const place = "methods-of-table";
const most = 20;
/** Of a method's program: as many fit into a link whatever they are, so that whoever gets it can read them first. */
const mostBytes = 60_000;

const refuse = (what: string): never => {
  throw new NotebookError(`This is no method for the table: ${what}.`);
};

/**
 * A method from a link, or from what the browser keeps.
 *
 * @throws NotebookError naming what does not fit
 */
export const ownMethodOf = (value: unknown): OwnMethod => {
  const { name, exported, notebook } = (typeof value === "object" && value !== null ? value : {}) as Partial<OwnMethod>;
  if (typeof name !== "string" || !/^[^\p{Cc}]{1,60}$/u.test(name))
    return refuse("its name is no text of 1 to 60 signs");
  if (typeof exported !== "string" || !/^[\p{L}\p{N}$_]{1,60}$/u.test(exported))
    return refuse(`what ${name} is exported as is no identifier of at most 60 signs`);
  const file = notebookFile(cellsOf(notebook));
  const bytes = new TextEncoder().encode(JSON.stringify(file)).length;
  if (bytes > mostBytes)
    return refuse(`the program of ${name} has ${bytes} bytes, and a link that shows it takes ${mostBytes}`);
  return { name, exported, notebook: file };
};

/** @throws NotebookError for more than 20, and of each */
export const ownMethodsOf = (values: readonly unknown[]): readonly OwnMethod[] =>
  values.length > most ? refuse(`there are ${values.length}, more than ${most}`) : values.map(ownMethodOf);

/** What the table calls it, beside the engine's own methods. */
export const rowOf = ({ name }: OwnMethod): string => `${name} (own)`;

/** The methods that readers took to the table, until they take them away. */
export const keptMethods = (): readonly OwnMethod[] => {
  try {
    return ownMethodsOf(JSON.parse(readEdit(place)?.text ?? "[]") as readonly unknown[]);
  } catch {
    return [];
  }
};

/** @returns whether the browser keeps them */
export const keepMethods = (methods: readonly OwnMethod[]): boolean => {
  const text = JSON.stringify(methods);
  return keepEdit(place, { of: fingerprint(text), text });
};

/**
 * Keeps a method and goes to the table, which shows it; one of the same name gives way. Where the browser keeps nothing,
 * it goes along in the link.
 *
 * @param cells the cell that exports it, last, and those that it imports from
 * @throws NotebookError
 */
export const takeToTable = async (
  { name, exported }: Pick<OwnMethod, "name" | "exported">,
  cells: readonly CellText[],
  base: string,
): Promise<void> => {
  const method = ownMethodOf({ name, exported, notebook: notebookFile(cells) });
  const others = keptMethods().filter((one) => one.name !== name);
  const kept = keepMethods(ownMethodsOf([method, ...others]));
  const settings = { own: [method] };
  location.href = `${base.replace(/\/$/, "")}/methods/${kept ? "" : await shareFragment("table", { settings })}`;
};
