import type { Engine } from "diffusion-cache";
import { profileOf } from "../device/engines.js";
import { wasHidden } from "../page/in-view.js";
import type { Outcome } from "../program/example-module.js";
import { sentenceOf } from "../program/sentence.js";
import { shownCells, shownIn } from "../program/shown.js";
import { idealOf, summaryOf } from "../program/summary.js";
import type { Findings } from "./panel.js";

/** What is said of a run: in a sentence, and in cells. */
export type Found = Partial<Pick<Findings, "cells" | "sentence">>;

/** What the run itself says, and that the rest is still to come. */
export const atOnce = (outcome: Outcome, speedups: readonly number[]): Pick<Findings, "cells" | "sentence"> => {
  const waiting = { shown: "reading …", kept: "reading …", ideal: "measuring …", share: "measuring …" };
  return { sentence: sentenceOf(outcome), cells: { ...summaryOf(outcome, speedups), ...waiting } };
};

/** Reads from the pixels whether the clips show what was asked. */
export const readClips = async (engine: Engine, outcome: Outcome): Promise<Found> => {
  const unread = { shown: "cannot be read", kept: "cannot be read" };
  return { cells: await shownIn(engine, outcome).then(shownCells, () => unread) };
};

/** Measures where a pass spends its time, for the ideal speed-up; says so where that fails. */
export const measureIdeal = async (engine: Engine, outcome: Outcome, signal: AbortSignal): Promise<Found> => {
  try {
    const since = performance.now();
    const [profile, { idealSpeedup }] = await Promise.all([
      profileOf(engine, signal),
      import("../device/engine-door.js"),
    ]);
    if (wasHidden(since)) throw new Error("times of a hidden page are no measurement");
    const ideal = idealSpeedup(outcome.cached.trace, profile);
    return { cells: idealOf(outcome, ideal), sentence: sentenceOf(outcome, ideal) };
  } catch {
    return { cells: { ideal: "not measured", share: "not measured" } };
  }
};
