import type { Lendable } from "../device/lent-engine.js";
import type { CellText } from "./notebook-file.js";

/** What a page gives its notebook. */
export interface NotebookConfig {
  /** Under what name the browser keeps the reader's cells. */
  readonly name: string;
  /** Address of the site's root. */
  readonly base: string;
  readonly models: readonly Lendable[];
  /** Those that stand there first. */
  readonly cells: readonly CellText[];
  readonly templates: readonly { readonly name: string; readonly title: string; readonly cells: readonly CellText[] }[];
  /** Whether the editors open by themselves, and files can be taken in and out. */
  readonly opens: boolean;
  /** Whether the reader may let cells load models from the Hub. */
  readonly hub: boolean;
}
