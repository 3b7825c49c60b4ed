import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report, Section } from "../../bench/report.js";

/** What `npm run bench` last wrote. */
export const benchReport = (): Report =>
  JSON.parse(readFileSync(join(process.cwd(), "bench/report.json"), "utf8")) as Report;

/** A part of the report, or all parts of a place: "gpu" names gpu-tax and the rest. None if it has not been measured. */
export const benchSections = (part: string): readonly Section[] =>
  benchReport().sections.filter(({ id }) => id === part || id.startsWith(`${part}-`));

/** A part as text and a Markdown table; without a part, where and when all of it was measured. */
export const benchText = (part: string): string => {
  const { machine, date } = benchReport();
  if (part === "") return `Measured on ${machine}, last on ${date}.`;
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  const texts = benchSections(part).map(({ says, command, columns, rows }) =>
    [`${says} (${command})`, "", line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n"),
  );
  return texts.join("\n\n") || "This part has not been measured with this version.";
};
