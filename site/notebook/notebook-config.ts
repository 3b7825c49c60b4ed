import type { Lendable } from "../device/lent-engine.js";
import type { CellText } from "./notebook-file.js";

/** What a page gives its notebook. */
export interface NotebookConfig {
  readonly name: string;
  readonly base: string;
  readonly models: readonly Lendable[];
  readonly cells: readonly CellText[];
  readonly templates: Readonly<Record<string, readonly CellText[]>>;
  /** Whether the editors open by themselves. */
  readonly opens: boolean;
}
