import type { GridRow } from "../grid/grid-rows.js";
import type { PageModel } from "../model/models.js";
import type { Asked } from "../program/asked.js";
import type { Knob } from "../program/example-module.js";
import type { SummaryKey } from "../program/summary.js";

/** A model as the workbench knows it before it is loaded. */
export interface BenchModel extends PageModel {
  readonly vocabulary: object;
  readonly bytes: number;
  readonly clip: ClipSize;
}

export interface ClipSize {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly fps: number;
}

/** What a finished pair of runs comes to, in words and figures. */
export interface Findings {
  /** What it was made with. */
  readonly asked: Asked;
  /** Where it was made. */
  readonly source: string;
  readonly rows: readonly GridRow[];
  readonly sentence: string;
  readonly cells: Partial<Readonly<Record<SummaryKey, string>>>;
}

/** What a page hands to its workbench. */
export interface PanelConfig {
  readonly example: string;
  readonly knobs: readonly Knob[];
  readonly models: readonly BenchModel[];
  /** The run that scripts/record-run.ts kept, and the address of its clips and traces. */
  readonly recorded: Findings & { readonly address: string };
  readonly base: string;
  /** Whether this site lets pages load from the Hub. */
  readonly hub: boolean;
}
