import { type BenchFigures, type BenchReport, benchCsv, benchMarkdown, writeInfinity } from "diffusion-cache";

/** The forms in which a table can be taken along; Markdown and CSV with the rows as they are shown. */
export const tableExports = {
  markdown: { file: "bench.md", type: "text/markdown", text: benchMarkdown },
  csv: { file: "bench.csv", type: "text/csv", text: benchCsv },
  json: {
    ...{ file: "bench.json", type: "application/json" },
    text: (report: BenchReport, _: readonly BenchFigures[]): string => JSON.stringify(report, writeInfinity),
  },
} as const;

export type TableExport = keyof typeof tableExports;

/** Where and how a table was measured, for the line over it. */
export const measuredHere = ({ model, backend, machine, settings, complete }: BenchReport): string =>
  `Your own run${complete ? "" : ", not complete"}: ${model.name} on ${backend.description}, ${machine}; “${settings.prompt}”, ${settings.steps} steps, guidance ${settings.guidance}, ${settings.repeats} ${settings.repeats === 1 ? "repeat" : "repeats"}.`;

/** Time left, as roughly as it is known. */
export const timeLeft = (ms: number): string =>
  ms > 90_000 ? `about ${Math.round(ms / 60_000)} min left` : `about ${Math.max(1, Math.round(ms / 1000))} s left`;
