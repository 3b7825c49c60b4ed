import { type Changes, type Engine, type Profile, type Progress, sitesOf } from "diffusion-cache";
import type { Chart } from "../charts/chart.js";
import { profileOf } from "../device/engines.js";
import type { Checkpoint } from "../model/models.js";
import { changesInWords } from "./change-curves.js";
import { profileInWords } from "./shares.js";

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
export const inWords = (kind: Kind, measured: Measured, { network }: Pick<Checkpoint, "network">): string =>
  kind === "changes" ? changesInWords(measured.changes) : profileInWords(measured.profile, sitesOf(network));

/** What was measured, as charts; with the first, the plotting library is loaded. */
export const chartsOf = async (
  kind: Kind,
  measured: Measured,
  { network }: Pick<Checkpoint, "network">,
): Promise<readonly Chart[]> =>
  kind === "changes"
    ? (await import("./changes-chart.js")).changeCharts(measured.changes)
    : (await import("./shares-chart.js")).profileCharts(measured.profile, sitesOf(network));
