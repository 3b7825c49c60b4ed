// Filters and order of a table, and how they are written into an address.

export interface TableState {
  /** Key of a filter → the value asked for; a filter that is not set lets all pass. */
  readonly filters: Readonly<Record<string, string>>;
  readonly sort?: { readonly column: string; readonly descending: boolean };
}

/** What a row says of itself: under each key one value, or several of which one is enough. */
export type Facts = Readonly<Record<string, string | readonly string[]>>;

/** The values that each filter offers: what is not among them is not taken from an address. */
export type Offered = Readonly<Record<string, readonly string[]>>;

/** Reads "#needs=guidance&sort=-speed-up"; what is unknown is left out, a plain anchor sets nothing. */
export const stateFromFragment = (fragment: string, offered: Offered, columns: readonly string[]): TableState => {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const filters = Object.fromEntries(
    Object.entries(offered).flatMap(([key, values]) => {
      const value = given.get(key);
      return value !== null && values.includes(value) ? [[key, value]] : [];
    }),
  );
  const sort = given.get("sort") ?? "";
  const column = sort.replace(/^-/, "");
  return columns.includes(column) ? { filters, sort: { column, descending: sort.startsWith("-") } } : { filters };
};

/** @returns "" where nothing is set */
export const fragmentFromState = ({ filters, sort }: TableState): string => {
  const entries = new URLSearchParams(filters);
  if (sort) entries.set("sort", `${sort.descending ? "-" : ""}${sort.column}`);
  return entries.toString();
};

export const passes = (facts: Facts, filters: TableState["filters"]): boolean =>
  Object.entries(filters).every(([key, value]) => [facts[key] ?? []].flat().includes(value));

/** Texts by the alphabet, numbers by size; a row that has none comes last in both directions. */
export const inOrder = (
  a: string | number | undefined,
  b: string | number | undefined,
  descending: boolean,
): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
  return descending ? -order : order;
};
