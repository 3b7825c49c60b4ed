import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CellText } from "./notebook-file.js";

const titles = {
  "compare-methods": "Compare two methods",
  "sweep-an-option": "Sweep an option",
  "write-your-own-method": "Write your own method",
  "plan-without-a-model": "Plan without a model",
} as const;

const folder = join(process.cwd(), "site/notebooks");

/** The notebooks of site/notebooks: a folder each, with a file for each cell, typed with the rest of the site. */
export const notebookTemplates = () =>
  Object.entries(titles).map(([name, title]) => ({
    name,
    title,
    cells: readdirSync(join(folder, name))
      .filter((file) => file.endsWith(".ts"))
      .toSorted()
      .map((file): CellText => {
        const code = readFileSync(join(folder, name, file), "utf8").trimEnd();
        return { name: file.replace(/\.ts$/, ""), code };
      }),
  }));
