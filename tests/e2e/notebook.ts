import type { Locator, Page } from "playwright";
import { notebookFile } from "../../site/notebook/notebook-file.js";
import { shareFragment } from "../../site/program/share-link.js";

/** The fragment of a link that brings a notebook of these programs. */
export const notebookLink = async (cells: readonly string[]): Promise<string> =>
  shareFragment("code", { notebook: notebookFile(cells.map((code, at) => ({ name: `cell-${at + 1}`, code }))) });

/** Drives a notebook of a page as a reader does. */
export const notebookOf = (page: Page) => {
  const all = page.locator(".dc-notebook");
  return {
    stop: all.getByRole("button", { name: "Stop" }),
    note: all.locator(".dc-notebook-note"),
    /** What a link or a file was refused for. */
    failure: all.locator("> .dc-failure"),
    file: all.locator("input[type=file]"),
  };
};

/** Drives one cell of it. */
export const cellOf = (page: Page, at: number) => {
  const here = page.locator(".dc-cell").nth(at);
  const run: Locator = here.getByRole("button", { name: "Run", exact: true });
  const [status, output, stale] = [".dc-cell-status", ".dc-output", ".dc-stale"].map((one) => here.locator(one)) as [
    Locator,
    Locator,
    Locator,
  ];
  return {
    here,
    run,
    status,
    output,
    stale,
    /** Runs it to its end. @returns its status and its output */
    async runs(): Promise<readonly [string, string]> {
      await run.click();
      await status.filter({ hasText: /Done|[Ff]ailed|Stopped/ }).waitFor({ timeout: 120_000 });
      return [(await status.textContent()) ?? "", (await output.textContent()) ?? ""];
    },
  };
};
