import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Report, Section } from "../../bench/report.js";

/** What `npm run bench` last wrote. */
export const benchReport = (): Report =>
  JSON.parse(readFileSync(join(process.cwd(), "bench/report.json"), "utf8")) as Report;

/** A part of the report, if it has been measured. */
export const benchSection = (id: string): Section | undefined => benchReport().sections.find((one) => one.id === id);
