import type { Engine } from "diffusion-cache";
import { profileOf } from "./engines.js";
import type { Outcome } from "./example-module.js";
import { sentenceOf } from "./sentence.js";
import { idealOf, type SummaryKey, summaryOf } from "./summary.js";

const fill = (root: HTMLElement, cells: Partial<Record<SummaryKey, string>>): void => {
  for (const [key, text] of Object.entries(cells)) {
    const cell = root.querySelector(`[data-summary=${key}]`);
    if (cell) cell.textContent = text;
  }
};

/** Writes a finished pair of runs into the sentence, the summary and the charts. */
export const showResults = async (root: HTMLElement, outcome: Outcome): Promise<void> => {
  const sentence = root.querySelector("[data-part=sentence]");
  if (sentence) sentence.textContent = sentenceOf(outcome);
  fill(root, { ...summaryOf(outcome), ideal: "measuring …", share: "measuring …" });
  const place = root.querySelector<HTMLElement>("[data-part=charts]");
  if (!place) return;
  place.hidden = false;
  const { drawCharts } = await import("../charts/index.js");
  drawCharts(place, outcome);
};

/** Measures where a pass spends its time and fills in the ideal speed-up; says so where that fails. */
export const showIdeal = async (root: HTMLElement, engine: Engine, outcome: Outcome, signal: AbortSignal) => {
  try {
    const [profile, { idealSpeedup }] = await Promise.all([profileOf(engine, signal), import("./engine-door.js")]);
    fill(root, idealOf(outcome, idealSpeedup(outcome.cached.trace, profile)));
  } catch {
    fill(root, { ideal: "not measured", share: "not measured" });
  }
};
