import { hiddenNote } from "../page/in-view.js";
import { saveFile } from "../page/save.js";
import { readFragment, ShareError, shareLink } from "../program/share-link.js";
import type { ExportedMethod } from "./cell/messages.js";
import { Cell } from "./cell.svelte.js";
import { cellErrorOf } from "./cell-failure.js";
import { dropEdit, fingerprint, keepEdit, readEdit } from "./edits.js";
import { createKernel, type Kernel } from "./kernel.js";
import type { NotebookConfig } from "./notebook-config.js";
import { type CellText, cellsOf, cellsOfText, NotebookError, notebookFile } from "./notebook-file.js";
import { freshness, order } from "./notebook-order.js";
import { takeToTable } from "./own-methods.js";
import { saidFollower } from "./said-follower.js";

/** Cells that run one after another in one worker and share the page's engine. */
export class Notebook {
  readonly #config: NotebookConfig;
  cells = $state.raw<readonly Cell[]>([]);
  note = $state("");
  /** What a file or a link was refused for. */
  failure = $state.raw<unknown>();
  running = $state.raw<Cell>();
  /** Whether the reader lets cells load models from the Hub: not before it is said anew on each page. */
  mayAskHub = $state(false);
  /** Whether what the browser keeps, and what a link brings, is there: before that nothing runs. */
  ready = $state(false);
  /** Whether there is a worker: what a program began may go on in it behind its end. */
  lives = $state(false);
  /** How many workers there have been. */
  #workers = $state(0);
  #kernel: Kernel | undefined;
  #runs = 0;
  #stopping = false;
  /** Whether the cells came with a link, and so are not kept in place of the reader's own. */
  #brought = false;
  readonly #freshness = $derived(freshness(this.cells, this.#workers));

  constructor(config: NotebookConfig) {
    this.#config = config;
    this.cells = config.cells.map((cell) => new Cell(cell));
  }

  /** Takes what the browser keeps, and then what a link brings. @returns ends everything */
  start(): () => void {
    const kept = readEdit(this.#config.name);
    if (kept) this.#put(this.#keptCells(kept.text));
    const linked = (): void => void this.#takeLink();
    addEventListener("hashchange", linked);
    void this.#takeLink().finally(() => {
      this.ready = true;
    });
    return () => {
      removeEventListener("hashchange", linked);
      this.#kernel?.stop();
    };
  }

  /** Why a cell's result no longer stands; undefined where it does, or where there is none. */
  stale(cell: Cell): string | undefined {
    return this.#freshness(cell);
  }

  #keptCells(text: string): readonly CellText[] {
    try {
      return cellsOfText(text);
    } catch {
      return this.#config.cells;
    }
  }

  #put(cells: readonly CellText[]): void {
    this.cells = cells.map((cell) => new Cell(cell));
    this.failure = undefined;
    this.stop();
  }

  add(): void {
    const taken = this.cells.map(({ name }) => Number(/^cell-(\d+)$/.exec(name)?.[1] ?? 0));
    this.cells = [...this.cells, new Cell({ name: `cell-${Math.max(0, ...taken) + 1}`, code: "" }, true)];
    this.changed();
  }

  remove(cell: Cell): void {
    if (cell === this.running) this.stop();
    this.cells = this.cells.filter((one) => one !== cell);
    this.changed();
  }

  move(cell: Cell, by: -1 | 1): void {
    const at = this.cells.indexOf(cell);
    if (!this.cells[at + by]) return;
    this.cells = this.cells.toSpliced(at, 1).toSpliced(at + by, 0, cell);
    this.changed();
  }

  edit(cell: Cell, code: string): void {
    cell.code = code;
    this.changed();
  }

  /** Keeps what the reader has written. */
  changed(): void {
    if (this.#brought) return;
    const text = JSON.stringify(notebookFile(this.cells));
    const shipped = JSON.stringify(notebookFile(this.#config.cells));
    if (text === shipped) dropEdit(this.#config.name);
    else if (!keepEdit(this.#config.name, { of: fingerprint(shipped), text }))
      this.note = "Your browser keeps nothing: export the notebook before you leave.";
  }

  /** Ends the worker, and with it whatever runs. */
  stop(): void {
    this.#stopping = true;
    this.#kernel?.stop();
  }

  get #worker(): Kernel {
    const say = (text: string): void => {
      if (this.running) this.running.status = text;
    };
    this.#kernel ??= createKernel({
      ...this.#config,
      follower: { ...saidFollower(say), ...(this.#config.hub && { mayAskHub: () => this.mayAskHub }) },
      onSilence: (seconds) => say(seconds > 0 ? `This cell has not yielded for ${seconds} s: Stop ends it` : "Running"),
      onEnd: () => {
        this.#workers++;
        this.lives = false;
      },
    });
    return this.#kernel;
  }

  /** Runs cells in order, each after those that it imports from and whose results do not stand. */
  async run(wanted: readonly Cell[]): Promise<void> {
    if (this.running) return;
    this.#stopping = false;
    const done = new Set<Cell>();
    for (const cell of wanted) {
      let cells: readonly Cell[];
      try {
        cells = order(cell, this.cells);
      } catch (error) {
        cell.begin();
        cell.output.fail({ name: "Error", message: (error as Error).message });
        cell.status = "Failed.";
        return;
      }
      for (const one of cells) {
        const stands = this.stale(one) === undefined && one.run !== undefined;
        if (done.has(one) || (one !== cell && stands)) continue;
        done.add(one);
        if (this.#stopping || !(await this.#runCell(one))) return;
      }
    }
  }

  async #runCell(cell: Cell): Promise<boolean> {
    const { code, name, imports, output } = cell;
    this.running = cell;
    cell.begin();
    const started = performance.now();
    const runs = new Map(this.cells.map((one) => [one.name, one.run?.number ?? 0]));
    try {
      const listener = { onShown: output.show, onLine: output.line, onLate: output.fail };
      const answer = this.#worker.ask({ run: name, code }, listener);
      this.lives = true;
      const { methods } = await answer;
      const imported = new Map(imports.map((from) => [from, runs.get(from) ?? 0]));
      cell.run = { number: ++this.#runs, worker: this.#workers, code, imported };
      cell.methods = methods;
      cell.status = `Done in ${((performance.now() - started) / 1000).toFixed(1)} s${hiddenNote(started)}`;
      return true;
    } catch (error) {
      const failure = cellErrorOf(error);
      if (failure.code !== "stopped") output.fail(failure);
      if (failure.at?.program === name) cell.wrong = failure.at.line;
      cell.status = failure.name === "Stopped" ? "Stopped." : "Failed.";
      return false;
    } finally {
      this.running = undefined;
      this.lives = this.#kernel?.lives ?? false;
    }
  }

  /** Takes a method that a cell exports to the table of methods. */
  async measure(cell: Cell, method: ExportedMethod): Promise<void> {
    try {
      await takeToTable(method, order(cell, this.cells), this.#config.base);
    } catch (error) {
      this.failure = error;
    }
  }

  export(): void {
    saveFile("notebook.json", "application/json", JSON.stringify(notebookFile(this.cells), null, 2));
  }

  async import(file: File): Promise<void> {
    try {
      if (file.size > 5_000_000) throw new NotebookError("This file is larger than 5 MB.");
      this.#put(cellsOfText(await file.text()));
      this.#brought = false;
      this.note = `${file.name}: ${this.cells.length} cells. Nothing has run.`;
      this.changed();
    } catch (error) {
      this.failure = error;
    }
  }

  template(cells: readonly CellText[], title: string): void {
    this.#put(cells);
    this.#brought = false;
    this.changed();
    this.note = `Template: ${title}.`;
  }

  /** Cells of a link give way to the reader's own; the reader's own to the first ones. */
  reset(): void {
    const kept = this.#brought ? readEdit(this.#config.name) : undefined;
    this.#brought = false;
    this.#put(kept ? this.#keptCells(kept.text) : this.#config.cells);
    this.note = kept ? "Your own cells again." : "The cells as they came.";
    this.changed();
  }

  async share(): Promise<void> {
    const copied = await shareLink("code", { notebook: notebookFile(this.cells) });
    this.note = `A link to this notebook ${copied ? "is copied. It shows the cells and runs nothing by itself" : "is in the address bar"}.`;
  }

  async #takeLink(): Promise<void> {
    try {
      const shared = await readFragment(location.hash);
      const { notebook } = (shared?.kind === "code" ? (shared.value ?? {}) : {}) as { readonly notebook?: unknown };
      if (notebook === undefined) return;
      this.#put(cellsOf(notebook));
      this.#brought = true;
      this.note =
        "These cells came with a link. Read them first: they run when you press Run. They are not kept; Reset brings back your own.";
    } catch (error) {
      if (error instanceof ShareError || error instanceof NotebookError) this.failure = error;
      else throw error;
    }
  }
}
