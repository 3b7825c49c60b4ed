import { type Engine, type Progress, sitesOf } from "diffusion-cache";
import type { Pixels } from "../clips/frames.js";
import { statusOf } from "../device/run-status.js";
import type { PanelRun } from "../device/runs.svelte.js";
import { measureIdeal } from "../example/found-out.js";
import type { Cell } from "../grid/grid-rows.js";
import { checkpointOf } from "../model/checkpoints.js";
import type { PageModel } from "../model/models.js";
import type { RunName, Settings } from "../program/example-module.js";
import { loadExample } from "../program/examples.js";
import { sentenceOf } from "../program/sentence.js";
import { speedup, timesAsFast } from "../program/summary.js";
import { growingStrip } from "./hero-strip.js";

/** One of the two runs, as far as it has come. */
export interface HeroView {
  readonly cells: readonly Cell[];
  readonly ms: number | undefined;
  readonly clip?: Pixels;
}

export type HeroViews = Readonly<Record<RunName, HeroView>>;

/** What is shown of a pair of runs. */
export interface HeroShown {
  readonly views: HeroViews;
  /** What is said of it. */
  readonly note: string;
  /** How much faster the cached run was; empty until both are done. */
  readonly gain: string;
}

/** What the page hands to its pair of clips. */
export interface HeroConfig {
  readonly example: string;
  /** Title of the method. */
  readonly method: string;
  readonly model: PageModel;
  readonly settings: Settings;
  readonly clip: { readonly frames: number; readonly fps: number; readonly width: number; readonly height: number };
  /** Of the recorded clips. */
  readonly address: string;
  readonly recorded: HeroViews;
  /** How much faster the recorded cached run was. */
  readonly gain: string;
  /** What is said of the recorded run. */
  readonly note: string;
  /** What a run loads, in words. */
  readonly loads: string;
  /** What the planner knows, in words. */
  readonly planned: string;
}

/** Runs the example of the landing page, first with every step computed, then with the cache. */
export const runHero = async (
  { engine: open, signal, current }: PanelRun,
  { example, model, settings }: HeroConfig,
  { show, say }: { show: (shown: HeroShown) => void; say: (text: string) => void },
): Promise<Engine> => {
  const engine = await open(model);
  const module = await loadExample(example);
  const { network, calibration } = await checkpointOf(module, model);
  const map = sitesOf(network);
  const strips = {
    uncached: growingStrip([], map, settings.steps),
    cached: growingStrip(module.methods(settings.options, calibration), map, settings.steps),
  };
  const empty = (name: RunName): HeroView => ({ cells: strips[name].cells(), ms: undefined });
  let views: HeroViews = { uncached: empty("uncached"), cached: empty("cached") };
  const put = (name: RunName, change: Partial<HeroView>, note: string, gain = ""): void => {
    views = { ...views, [name]: { ...views[name], cells: strips[name].cells(), ...change } };
    if (current()) show({ views, note, gain });
  };
  const forming = "Your own run, first with every step computed, then with the cache.";
  put("uncached", {}, forming);
  const onProgress = (name: RunName, progress: Progress): void => {
    if (!current()) return;
    say(statusOf(name, progress).text);
    if (progress.phase !== "step") return;
    strips[name].step(progress.step, progress.decisions);
    const ms = (views[name].ms ?? 0) + progress.ms;
    put(name, { ms, ...(progress.preview ? { clip: progress.preview } : {}) }, forming);
  };
  const outcome = await module.run({ engine, settings, signal, onProgress });
  const said = sentenceOf(outcome);
  for (const name of ["uncached", "cached"] as const) {
    const { clip, trace } = outcome[name];
    put(name, { clip, ms: trace.totals.wallMs }, said);
  }
  say("Measuring the ideal speed-up");
  const { cells, sentence = said } = await measureIdeal(engine, outcome, signal);
  put("cached", {}, sentence, cells?.speedup ?? timesAsFast(speedup(outcome)));
  return engine;
};
