import { type Changes, type Engine, type Profile, type Progress, sitesOf } from "diffusion-cache";
import { profileOf } from "../device/engines.js";
import type { PageModel } from "../model/models.js";
import { changesInWords } from "./change-curves.js";
import { boundCells, families, profileInWords, savedBy } from "./shares.js";

/** What is kept of a model, and what a reader's device measures again. */
export interface Measured {
  /** Backend and processor. */
  readonly on: string;
  readonly changes: Changes;
  readonly profile: Profile;
}

export type Kind = "changes" | "profile";
export const kinds: readonly Kind[] = ["changes", "profile"];

/** Measures one kind of thing on the page's engine. */
export const measure = async (
  kind: Kind,
  engine: Engine,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Pick<Measured, Kind>[Kind]> =>
  kind === "changes" ? engine.changes({ signal, onProgress }) : profileOf(engine, signal);

/** What was measured, in words. */
export const inWords = (kind: Kind, measured: Measured, { network }: Pick<PageModel, "network">): string =>
  kind === "changes" ? changesInWords(measured.changes) : profileInWords(measured.profile, sitesOf(network));

/** Fills in the cells that follow from a profile, draws its charts, and those of changes. */
export const draw = async (root: HTMLElement, kind: Kind, measured: Measured, model: PageModel): Promise<void> => {
  const place = root.querySelector<HTMLElement>("[data-part=charts]");
  if (kind === "changes") {
    const { drawChanges } = await import("./changes-chart.js");
    if (place) drawChanges(place, measured.changes);
    return;
  }
  const sites = sitesOf(model.network);
  const saved = savedBy(measured.profile, sites);
  for (const family of families)
    for (const [name, text] of Object.entries(boundCells(saved[family]))) {
      const cell = root.querySelector(`[data-family=${family}] [data-cell-of=${name}]`);
      if (cell) cell.textContent = text;
    }
  const { drawShares } = await import("./shares-chart.js");
  if (place) drawShares(place, measured.profile, sites);
};
