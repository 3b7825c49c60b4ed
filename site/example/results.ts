import type { Engine, Trace } from "diffusion-cache";
import { profileOf } from "../device/engines.js";
import { wasHidden } from "../page/in-view.js";
import type { Outcome } from "../program/example-module.js";
import { sentenceOf } from "../program/sentence.js";
import { shownCells, shownIn } from "../program/shown.js";
import { idealOf, type SummaryKey, summaryOf } from "../program/summary.js";

const fill = (root: HTMLElement, cells: Partial<Record<SummaryKey, string>>): void => {
  for (const [key, text] of Object.entries(cells)) {
    const cell = root.querySelector(`[data-summary=${key}]`);
    if (cell) cell.textContent = text;
  }
};

/** Draws the charts of two runs; loads the plotting library with the first one. */
export const showCharts = async (root: HTMLElement, uncached: Trace, cached: Trace): Promise<void> => {
  const place = root.querySelector<HTMLElement>("[data-part=charts]");
  const { drawCharts } = await import("../charts/index.js");
  if (place) drawCharts(place, uncached, cached);
};

/** Writes a finished pair of runs into the sentence, the summary and the charts, with a note on its times. */
export const showResults = async (root: HTMLElement, outcome: Outcome, note: string): Promise<void> => {
  const { uncached, cached } = outcome;
  const sentence = root.querySelector("[data-part=sentence]");
  if (sentence) sentence.textContent = sentenceOf(outcome);
  const source = root.querySelector("[data-part=source]");
  if (source)
    source.textContent = `Your own run of ${cached.trace.model.name}, on ${cached.trace.backend.description}${note}.`;
  fill(root, {
    ...summaryOf(outcome),
    shown: "reading …",
    kept: "reading …",
    ideal: "measuring …",
    share: "measuring …",
  });
  await showCharts(root, uncached.trace, cached.trace);
};

/** Reads from the pixels whether the clips show what was asked. */
export const showShown = async (root: HTMLElement, engine: Engine, outcome: Outcome): Promise<void> =>
  fill(
    root,
    await shownIn(engine, outcome).then(shownCells, () => ({ shown: "cannot be read", kept: "cannot be read" })),
  );

/** Measures where a pass spends its time and fills in the ideal speed-up; says so where that fails. */
export const showIdeal = async (root: HTMLElement, engine: Engine, outcome: Outcome, signal: AbortSignal) => {
  try {
    const since = performance.now();
    const [profile, { idealSpeedup }] = await Promise.all([
      profileOf(engine, signal),
      import("../device/engine-door.js"),
    ]);
    if (wasHidden(since)) throw new Error("times of a hidden page are no measurement");
    fill(root, idealOf(outcome, idealSpeedup(outcome.cached.trace, profile)));
  } catch {
    fill(root, { ideal: "not measured", share: "not measured" });
  }
};
