import type { ExportedMethod } from "./cell/messages.js";
import type { CellText } from "./notebook-file.js";
import { Output } from "./output/output.svelte.js";
import { importsOf } from "./strip-types.js";

/** A run of a cell, to tell later whether its result still stands. */
export interface CellRun {
  readonly number: number;
  /** Which worker it ran in: with a stopped one, what it exported is gone. */
  readonly worker: number;
  readonly code: string;
  readonly imported: ReadonlyMap<string, number>;
}

/** One cell of a notebook: its program, its state and its output. */
export class Cell {
  readonly name: string;
  /** Whether the reader has just added it, and so wants to write in it. */
  readonly fresh: boolean;
  code = $state("");
  /** The run whose result stands below it. */
  run = $state.raw<CellRun>();
  status = $state("");
  /** The line that it failed at. */
  wrong = $state<number>();
  /** Caching methods that it exported. */
  methods = $state.raw<readonly ExportedMethod[]>([]);
  readonly output = new Output();

  constructor({ name, code }: CellText, fresh = false) {
    this.fresh = fresh;
    this.name = name;
    this.code = code;
  }

  get imports(): readonly string[] {
    return importsOf(this.code);
  }

  /** Before a run: what the last one gave goes. */
  begin(): void {
    this.output.clear();
    this.methods = [];
    this.wrong = undefined;
    this.run = undefined;
    this.status = "Running";
  }
}
