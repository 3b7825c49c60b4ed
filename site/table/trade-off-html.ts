import { type BenchFigures, type BenchReport, benchFigures, fastestAbove } from "diffusion-cache";
import { inTime } from "../page/bytes.js";
import { escapeHtml } from "../page/failure.js";
import { type Column, columns, type Sorting, sorted } from "./trade-off-columns.js";

/** Titles and addresses of the method pages, by the method's short name; a note stands where else its settings do. */
export type MethodPages = Readonly<
  Record<string, { readonly title: string; readonly href: string; readonly note?: string }>
>;

export interface TableView {
  readonly report: BenchReport;
  /** Somebody else's table, for a ratio in each row. */
  readonly other?: BenchReport | undefined;
  readonly sorting: Sorting;
  /** Names of the methods that are shown; undefined for all. */
  readonly methods?: ReadonlySet<string> | undefined;
  /** Least PSNR of the row that is called the fastest, in dB. */
  readonly floor: number;
  readonly pages: MethodPages;
}

const named = (name: string): string => name.replace(/ \(\d+\)$/, "");

/** The rows that are shown: chosen methods, fewer steps of their times, and always the uncached run. */
export const shownFigures = ({ report, methods, sorting }: TableView): readonly BenchFigures[] => {
  const chosen = (name: string): boolean => methods?.has(named(name)) ?? true;
  const figures = benchFigures(report).filter(
    ({ row }) =>
      row.kind === "uncached" ||
      (row.kind === "cached" ? chosen(row.method) : row.sameTimeAs.some((name) => chosen(name))),
  );
  return sorted(figures, sorting);
};

const optionsText = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(", ");

const methodCell = ({ row }: BenchFigures, pages: MethodPages, badge: string): string => {
  const page = pages[named(row.method)];
  const title = escapeHtml(page ? page.title + row.method.slice(named(row.method).length) : row.method);
  const options = escapeHtml(optionsText(row.options));
  const same = row.sameTimeAs.map((name) => pages[named(name)]?.title ?? name).join(", ");
  const below = {
    uncached: `all ${row.steps} steps computed`,
    cached:
      page?.note ?? (options ? `<details><summary>settings</summary><code>${options}</code></details>` : "no settings"),
    "fewer-steps": `the time of ${escapeHtml(same)}`,
  }[row.kind];
  return `<th scope="row">${page ? `<a href="${escapeHtml(page.href)}">${title}</a>` : title}${badge}<small>${below}</small></th>`;
};

/** The bar behind a speed-up: its length, and a line where the ideal is. */
const bar = ({ speedup, ideal }: BenchFigures, most: number): string => {
  const percent = (value: number): string => `${Math.min(100, (100 * value) / most).toFixed(1)}%`;
  return `<i class="dc-bar" style="--length: ${percent(speedup)}; --ideal: ${percent(ideal)}"></i>`;
};

const bestOf = (figures: readonly BenchFigures[], { best, value }: Column): number | undefined => {
  const values = figures
    .filter(({ row }) => row.kind === "cached")
    .flatMap((one) => (typeof value(one) === "number" ? [value(one) as number] : []));
  if (!best || values.length < 2) return undefined;
  return best === "high" ? Math.max(...values) : Math.min(...values);
};

/** The same row in another table: same name, kind and steps. */
const twin = (one: BenchFigures, others: readonly BenchFigures[]): BenchFigures | undefined =>
  others.find(({ row }) => row.kind === one.row.kind && row.method === one.row.method && row.steps === one.row.steps);

const otherCells = (one: BenchFigures, others: readonly BenchFigures[]): string => {
  const found = twin(one, others);
  if (!found) return '<td colspan="3" class="dc-absent">not in that table</td>';
  const differs = JSON.stringify(found.row.options) !== JSON.stringify(one.row.options);
  return (
    `<td>${inTime(found.ms)}</td><td>${found.speedup.toFixed(2)}${differs ? "<small>other settings</small>" : ""}</td>` +
    `<td>${(found.ms / one.ms).toFixed(2)} ×</td>`
  );
};

const head = ({ key, order }: Sorting, compared: boolean): string => {
  const cell = (column: Column): string =>
    `<th scope="col"${column.key === key ? ` aria-sort="${order}"` : ""}><button type="button" data-sort="${column.key}" title="${escapeHtml(column.help)}">${column.label}<span aria-hidden="true"></span></button></th>`;
  const there = ["Time there", "Speed-up there", "Time there ÷ here"].map(
    (label) => `<th scope="col" class="dc-there">${label}</th>`,
  );
  return `<tr>${columns.map(cell).join("")}${compared ? there.join("") : ""}</tr>`;
};

/** The table as markup; every text of a report is escaped, since it may be somebody else's. */
export const tableHtml = (view: TableView): string => {
  const figures = shownFigures(view);
  const others = view.other ? benchFigures(view.other) : undefined;
  const winner = fastestAbove(figures, view.floor);
  const most = Math.max(1, ...figures.map(({ speedup, ideal }) => Math.max(speedup, Math.min(ideal, 2 * speedup))));
  const bests = columns.map((column) => bestOf(figures, column));
  const line = (one: BenchFigures): string => {
    const badge = one.row.method === winner?.row.method ? ' <b class="dc-badge">fastest</b>' : "";
    const cells = columns.slice(1).map((column, at) => {
      const best = one.row.kind === "cached" && bests[at + 1] !== undefined && column.value(one) === bests[at + 1];
      const below = column.below?.(one);
      const text = `${best ? `<strong>${column.text(one)}</strong>` : column.text(one)}${below ? `<small>${below}</small>` : ""}`;
      const worse = column.key === "gain" && (one.gain ?? 0) < 0 ? ' class="dc-worse"' : "";
      if (column.key === "speedup") return `<td><div class="dc-speed">${bar(one, most)}<span>${text}</span></div></td>`;
      return `<td${worse}>${text}</td>`;
    });
    return `<tr data-kind="${one.row.kind}"${badge ? ' data-winner="true"' : ""}>${methodCell(one, view.pages, badge)}${cells.join("")}${others ? otherCells(one, others) : ""}</tr>`;
  };
  return `<table><caption>Time, memory and quality of caching methods</caption><thead>${head(view.sorting, others !== undefined)}</thead><tbody>${figures.map(line).join("")}</tbody></table>`;
};

/** What the table says in a sentence. */
export const verdict = (view: TableView): string => {
  const figures = shownFigures(view);
  const winner = fastestAbove(figures, view.floor);
  const cached = figures.filter(({ row }) => row.kind === "cached");
  if (cached.length === 0) return "None of the chosen methods is in this table.";
  if (!winner)
    return `No method here is faster than the uncached run and keeps ${view.floor} dB and all that was asked.`;
  const title = view.pages[named(winner.row.method)]?.title ?? winner.row.method;
  const rival =
    winner.gain === undefined
      ? ""
      : winner.gain >= 0
        ? ` Fewer steps in the same time lie ${winner.gain.toFixed(1)} dB lower.`
        : ` Fewer steps in the same time lie ${(-winner.gain).toFixed(1)} dB higher: on this model they are the better choice.`;
  const clips = winner.read > 0 ? ` and shows what was asked in ${winner.asAsked} of ${winner.read} clips` : "";
  return `Fastest that keeps ${view.floor} dB: ${title}, ${winner.speedup.toFixed(2)} times as fast, with ${Number.isFinite(winner.psnr) ? `${winner.psnr.toFixed(1)} dB` : "an equal clip"}${clips}.${rival}`;
};

/** Where two tables were not measured alike, in words. */
export const differences = (report: BenchReport, other: BenchReport): readonly string[] => [
  ...(report.model.name === other.model.name ? [] : [`another model, ${other.model.name}`]),
  ...(["steps", "guidance", "prompt", "seed"] as const)
    .filter((field) => report.settings[field] !== other.settings[field])
    .map(
      (field) =>
        `${field} ${JSON.stringify(other.settings[field])} instead of ${JSON.stringify(report.settings[field])}`,
    ),
  ...(report.engine.version === other.engine.version ? [] : [`version ${other.engine.version} of the engine`]),
];
