import { type BenchFigures, type BenchReport, benchFigures, fastestAbove, type Measure } from "diffusion-cache";
import { inTime } from "../page/bytes.js";
import { type Column, columnsWith, type Sorting, sorted } from "./trade-off-columns.js";

/** Titles and addresses of the method pages, by the method's short name; a note stands where else its settings do. */
export type MethodPages = Readonly<
  Record<string, { readonly title: string; readonly href: string; readonly note?: string }>
>;

export interface TableView {
  readonly report: BenchReport;
  /** Somebody else's table, for a ratio in each row. */
  readonly other?: BenchReport | undefined;
  readonly sorting: Sorting;
  /** The measure beside PSNR. */
  readonly measure: Measure;
  /** Whether a method is shown; by default all are. */
  readonly shows?: ((method: string) => boolean) | undefined;
  /** Least PSNR of the row that is called the fastest, in dB. */
  readonly floor: number;
  readonly pages: MethodPages;
}

/** A row of the table, as it is drawn. */
export interface ShownRow {
  readonly kind: BenchFigures["row"]["kind"];
  readonly title: string;
  readonly href: string | undefined;
  /** Smaller print under the title, and what unfolds behind it. */
  readonly note: string;
  readonly details: { readonly text: string; readonly code: boolean } | undefined;
  readonly fastest: boolean;
  /** Of the bar behind a speed-up: its length, and where the ideal is, in percent. */
  readonly bar: { readonly length: string; readonly ideal: string };
  /** All columns but the first. */
  readonly cells: readonly {
    readonly column: Column;
    readonly text: string;
    readonly below: string | undefined;
    readonly best: boolean;
    readonly worse: boolean;
  }[];
  /** The same row of the other table: undefined without one, null where it is not in there. */
  readonly there: { readonly texts: readonly string[]; readonly otherSettings: boolean } | null | undefined;
}

const named = (name: string): string => name.replace(/ \(\d+\)$/, "");

/** The rows that are shown: chosen methods, fewer steps of their times, and always the uncached run. */
export const shownFigures = ({ report, shows = () => true, sorting, measure }: TableView): readonly BenchFigures[] => {
  const chosen = (name: string): boolean => shows(named(name));
  const figures = benchFigures(report).filter(
    ({ row }) =>
      row.kind === "uncached" ||
      (row.kind === "cached" ? chosen(row.method) : row.sameTimeAs.some((name) => chosen(name))),
  );
  return sorted(figures, sorting, columnsWith(measure));
};

const optionsText = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(", ");

const bestOf = (figures: readonly BenchFigures[], { best, value }: Column): number | undefined => {
  const values = figures
    .filter(({ row }) => row.kind === "cached")
    .flatMap((one) => (typeof value(one) === "number" ? [value(one) as number] : []));
  if (!best || values.length < 2) return undefined;
  return best === "high" ? Math.max(...values) : Math.min(...values);
};

/** The same row in another table: same name, kind and steps. */
const twin = (one: BenchFigures, others: readonly BenchFigures[]): ShownRow["there"] => {
  const found = others.find(
    ({ row }) => row.kind === one.row.kind && row.method === one.row.method && row.steps === one.row.steps,
  );
  if (!found) return null;
  const otherSettings = JSON.stringify(found.row.options) !== JSON.stringify(one.row.options);
  return { texts: [inTime(found.ms), found.speedup.toFixed(2), `${(found.ms / one.ms).toFixed(2)} ×`], otherSettings };
};

/** What the table shows. Every text of a report may be somebody else's. */
export const shownRows = (view: TableView): readonly ShownRow[] => {
  const figures = shownFigures(view);
  const columns = columnsWith(view.measure);
  const others = view.other ? benchFigures(view.other) : undefined;
  const winner = fastestAbove(figures, view.floor);
  const most = Math.max(1, ...figures.map(({ speedup, ideal }) => Math.max(speedup, Math.min(ideal, 2 * speedup))));
  const percent = (value: number): string => `${Math.min(100, (100 * value) / most).toFixed(1)}%`;
  const bests = new Map(columns.map((column) => [column, bestOf(figures, column)]));
  const noted = ({ row }: BenchFigures): Pick<ShownRow, "note" | "details"> => {
    if (row.kind === "uncached") return { note: `all ${row.steps} steps computed`, details: undefined };
    if (row.kind === "fewer-steps") {
      const titles = row.sameTimeAs.map((name) => view.pages[named(name)]?.title ?? name);
      if (titles.length < 2) return { note: `the time of ${titles.join()}`, details: undefined };
      return { note: `the time of ${titles.length} methods`, details: { text: titles.join(", "), code: false } };
    }
    const { note } = view.pages[named(row.method)] ?? {};
    const text = optionsText(row.options);
    if (note !== undefined || !text) return { note: note ?? "no settings", details: undefined };
    return { note: "settings", details: { text, code: true } };
  };
  return figures.map((one) => {
    const { row, speedup, ideal, gain } = one;
    const page = view.pages[named(row.method)];
    return {
      kind: row.kind,
      title: page ? page.title + row.method.slice(named(row.method).length) : row.method,
      href: page?.href,
      ...noted(one),
      fastest: row.method === winner?.row.method,
      bar: { length: percent(speedup), ideal: percent(ideal) },
      cells: columns.slice(1).map((column) => {
        const best = bests.get(column);
        return {
          column,
          text: column.text(one),
          below: column.below?.(one) || undefined,
          best: row.kind === "cached" && best !== undefined && column.value(one) === best,
          worse: column.key === "gain" && (gain ?? 0) < 0,
        };
      }),
      there: others && twin(one, others),
    };
  });
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
        ? ` Fewer steps in the same time are ${winner.gain.toFixed(1)} dB lower.`
        : ` Fewer steps in the same time are ${(-winner.gain).toFixed(1)} dB higher: on this model they are the better choice.`;
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
