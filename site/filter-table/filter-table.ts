import {
  type Facts,
  fragmentFromState,
  inOrder,
  type Offered,
  passes,
  stateFromFragment,
  type TableState,
} from "./table-state.js";

// A table whose rows carry their facts: selects above it filter, its headings sort, and the address keeps both.

const slug = (text: string): string => text.trim().toLowerCase().replace(/\W+/g, "-");

const listen = (place: HTMLElement): void => {
  const form = place.querySelector("form");
  const body = place.querySelector("tbody");
  const status = place.querySelector("form [role=status]");
  if (!form || !body || !status) return;
  const rows = [...body.rows].map((row) => ({ row, facts: JSON.parse(row.dataset.facts ?? "{}") as Facts }));
  const selects = [...form.querySelectorAll("select")];
  const offered: Offered = Object.fromEntries(
    selects.map(({ name, options }) => [name, [...options].map(({ value }) => value).filter(Boolean)]),
  );
  const headings = [...place.querySelectorAll<HTMLTableCellElement>("thead th[data-sort]")];
  const columns = new Map(headings.map((heading) => [slug(heading.textContent ?? ""), heading]));
  let state: TableState = { filters: {} };

  const cellValue = (
    row: HTMLTableRowElement,
    { cellIndex, dataset }: HTMLTableCellElement,
  ): string | number | undefined => {
    const cell = row.cells[cellIndex];
    if (dataset.sort === "number") return cell?.dataset.value === undefined ? undefined : Number(cell.dataset.value);
    return cell?.textContent?.trim() || undefined;
  };
  const show = (): void => {
    const { filters, sort } = state;
    for (const select of selects) select.value = filters[select.name] ?? "";
    for (const { row, facts } of rows) row.hidden = !passes(facts, filters);
    const heading = sort && columns.get(sort.column);
    const ordered = heading
      ? rows.toSorted((a, b) => inOrder(cellValue(a.row, heading), cellValue(b.row, heading), sort.descending))
      : rows;
    body.append(...ordered.map(({ row }) => row));
    for (const one of headings)
      if (one === heading) one.setAttribute("aria-sort", sort?.descending ? "descending" : "ascending");
      else one.removeAttribute("aria-sort");
    const left = rows.filter(({ row }) => !row.hidden).length;
    status.textContent =
      left === 0 ? "Nothing has all of this. Set one back to any." : `${left} of ${rows.length} shown.`;
  };
  const change = (next: TableState): void => {
    state = next;
    const fragment = fragmentFromState(next);
    history.replaceState(history.state, "", fragment ? `#${fragment}` : location.pathname + location.search);
    show();
  };
  const read = (): void => {
    state = stateFromFragment(location.hash, offered, [...columns.keys()]);
    show();
  };

  form.addEventListener("change", () => {
    const set = selects.filter(({ value }) => value !== "").map(({ name, value }) => [name, value] as const);
    change({ ...state, filters: Object.fromEntries(set) });
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    change({ filters: {} });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const [column, heading] of columns) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const again = state.sort?.column === column;
      const first = heading.dataset.sort === "number"; // the largest first, words from A
      change({ ...state, sort: { column, descending: again ? !state.sort?.descending : first } });
    });
  }
  window.addEventListener("hashchange", read);
  read();
  for (const fieldset of form.querySelectorAll("fieldset")) fieldset.disabled = false; // a choice made before was lost
};

for (const place of document.querySelectorAll<HTMLElement>(".dc-filter-table")) listen(place);
