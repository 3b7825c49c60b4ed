import { type BenchReport, benchReportFromJson, readInfinity, writeInfinity } from "diffusion-cache";
import { type OwnMethod, ownMethodsOf } from "../notebook/own-methods.js";
import { readFragment, shareLink } from "../program/share-link.js";

/** What a table is measured with. */
export interface TableSettings {
  readonly model: string;
  readonly preset: string;
  readonly methods: readonly string[];
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  readonly repeats: number;
  /** Methods that a reader wrote, with their programs. */
  readonly own?: readonly OwnMethod[];
}

/** What a link to the table carries: what to measure, or what was measured. */
export type TableLink = { readonly settings: Partial<TableSettings> } | { readonly report: BenchReport };

/** @returns whether the clipboard took the link */
export const shareTable = (link: TableLink): Promise<boolean> =>
  shareLink("table", JSON.parse(JSON.stringify(link, writeInfinity)));

const settingsFrom = (json: unknown): Partial<TableSettings> => {
  const given = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  const text = (field: string) =>
    typeof given[field] === "string" ? { [field]: (given[field] as string).slice(0, 500) } : {};
  const number = (field: string) => (Number.isFinite(given[field]) ? { [field]: given[field] } : {});
  const methods = Array.isArray(given.methods)
    ? given.methods.filter((one) => typeof one === "string").slice(0, 100)
    : undefined;
  return {
    ...{ ...text("model"), ...text("preset"), ...text("prompt") },
    ...{ ...number("seed"), ...number("steps"), ...number("guidance"), ...number("repeats") },
    ...(methods ? { methods } : {}),
    ...(Array.isArray(given.own) ? { own: ownMethodsOf(given.own) } : {}),
  };
};

/**
 * What a fragment brings to the table; undefined for one of something else, such as a heading.
 * @throws ShareError; EngineError "file-invalid" for a report that is none; NotebookError for such a method
 */
export const readTableLink = async (fragment: string): Promise<TableLink | undefined> => {
  const shared = await readFragment(fragment);
  if (shared?.kind !== "table") return undefined;
  const value = JSON.parse(JSON.stringify(shared.value), readInfinity) as {
    report?: unknown;
    settings?: unknown;
  } | null;
  if (value?.report !== undefined) return { report: benchReportFromJson(value.report, "The link") };
  return { settings: settingsFrom(value?.settings) };
};
