import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report, Section } from "../../bench/report.js";

/** What `npm run bench` last wrote. */
export const benchReport = (): Report =>
  JSON.parse(readFileSync(join(process.cwd(), "bench/report.json"), "utf8")) as Report;

/** A part of the report, if it has been measured. */
export const benchSection = (id: string): Section | undefined => benchReport().sections.find((one) => one.id === id);

/** A part as text and a Markdown table; without a part, where and when all of it was measured. */
export const benchText = (part: string): string => {
  const { machine, date } = benchReport();
  if (part === "") return `Measured on ${machine}, last on ${date}.`;
  const section = benchSection(part);
  if (!section) return "This part has not been measured with this version.";
  const { says, command, columns, rows } = section;
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [`${says} (${command})`, "", line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
};
