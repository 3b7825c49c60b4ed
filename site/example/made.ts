import { type Engine, type Progress, sitesOf } from "diffusion-cache";
import type { Pixels } from "../clips/frames.js";
import { type PreviewLog, previewLog } from "../clips/previews.js";
import { statusOf } from "../device/run-status.js";
import type { PanelRun } from "../device/runs.svelte.js";
import type { GridRow } from "../grid/grid-rows.js";
import { runRows, tracedRows } from "../grid/run-rows.js";
import type { Checkpoint } from "../model/models.js";
import type { Asked } from "../program/asked.js";
import type { ExampleModule, Outcome, RunName } from "../program/example-module.js";
import { type Repeated, repeated } from "../program/repeats.js";
import type { EditedProgram } from "./program.svelte.js";

/** What a run was asked for when it was asked. */
export interface Request {
  readonly asked: Asked;
  readonly model: Checkpoint;
  readonly pairs: number;
  readonly module: ExampleModule;
  /** The program that the reader made of the example. */
  readonly edited: EditedProgram | undefined;
}

/** A run as far as it has come. */
export interface Forming {
  readonly rows: readonly GridRow[];
  readonly clips: Partial<Readonly<Record<RunName, { readonly pixels: Pixels; readonly label: string }>>>;
}

export interface Made extends Repeated {
  readonly rows: readonly GridRow[];
  readonly previews: PreviewLog;
}

interface Follower {
  say(text: string, share: number | undefined): void;
  show(forming: Forming): void;
}

/** Makes the pairs of runs that were asked for, one after the other. */
export const make = async (
  engine: Engine,
  { signal, current }: PanelRun,
  { asked, model, pairs, module, edited }: Request,
  { say, show }: Follower,
): Promise<Made> => {
  const { model: _, ...settings } = asked;
  const map = sitesOf(model.network);
  let methods = edited ? [] : module.methods(asked.options, model.calibration);
  const previews = previewLog();
  const outcomes: Outcome[] = [];
  let grid = runRows(methods, map, asked.steps);
  let clips: Forming["clips"] = {};
  const follow = (pair: number) => (which: RunName, progress: Progress) => {
    if (!current()) return;
    const { text, share } = statusOf(which, progress);
    say(
      pairs > 1 ? `Pair ${pair + 1} of ${pairs}, ${text}` : text,
      share === undefined ? share : (pair + share) / pairs,
    );
    if (progress.phase !== "step" || pair > 0) return;
    const { step, decisions, preview } = progress;
    if (which === "cached") grid.step(step, decisions);
    if (preview) {
      clips = { ...clips, [which]: { pixels: preview, label: `${which}, after step ${step + 1}` } };
      previews.keep(which, step, preview);
    }
    show({ rows: grid.rows(), clips });
  };
  show({ rows: grid.rows(), clips });
  for (let pair = 0; pair < pairs; pair++) {
    const request = { engine, settings, signal, onProgress: follow(pair) };
    outcomes.push(
      edited
        ? await edited.run(request, (used) => {
            if (pair > 0 || used.length === 0) return;
            methods = used;
            grid = runRows(methods, map, asked.steps);
          })
        : await module.run(request),
    );
    signal.throwIfAborted();
  }
  // Both branches, where the grid that filled in knew one.
  const [first] = outcomes;
  const rows = first && methods.length > 0 ? tracedRows(methods, map, first.cached.trace) : grid.rows();
  return { ...repeated(outcomes), rows, previews };
};
