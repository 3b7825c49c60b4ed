import { failureHtml } from "../page/failure.js";
import { hiddenNote } from "../page/in-view.js";
import { saveFile } from "../page/save.js";
import { readFragment, ShareError, shareLink } from "../program/share-link.js";
import { cellErrorOf } from "./cell-failure.js";
import { dropEdit, fingerprint, keepEdit, readEdit } from "./edits.js";
import { createKernel, type Kernel } from "./kernel.js";
import { type NotebookCell, notebookCell } from "./notebook-cell.js";
import type { NotebookConfig } from "./notebook-config.js";
import { type CellText, cellsOf, cellsOfText, NotebookError, notebookFile } from "./notebook-file.js";
import { freshness, order } from "./notebook-order.js";
import { takeToTable } from "./own-methods.js";
import { saidFollower } from "./said-follower.js";

/** Cells that run one after another in one worker and share the page's engine. */
class Notebook extends HTMLElement {
  #config = {} as NotebookConfig;
  #cells: NotebookCell[] = [];
  #kernel: Kernel | undefined;
  #workers = 0;
  #runs = 0;
  #running: NotebookCell | undefined;
  #stopping = false;
  /** Whether what stands here came with a link, and so is not kept in place of the reader's own. */
  #brought = false;
  readonly #linked = (): void => void this.#takeLink();

  connectedCallback(): void {
    this.#config = JSON.parse(this.dataset.config ?? "{}") as NotebookConfig;
    const kept = readEdit(this.#config.name);
    this.#put(kept ? this.#keptCells(kept.text) : this.#config.cells);
    const acts: Readonly<Record<string, () => void>> = {
      all: () => void this.#runCells(this.#cells),
      stop: () => this.#stop(),
      add: () => this.#add(),
      export: () => this.#export(),
      import: () => this.#part("file").click(),
      share: () => void this.#share(),
      reset: () => this.#reset(),
    };
    for (const [name, act] of Object.entries(acts)) this.#find(name)?.addEventListener("click", act);
    this.#find("file")?.addEventListener("change", ({ target }) => void this.#import(target as HTMLInputElement));
    this.#find("template")?.addEventListener("change", ({ target }) => this.#fromTemplate(target as HTMLSelectElement));
    (this.#part("all") as HTMLButtonElement).disabled = false;
    addEventListener("hashchange", this.#linked);
    void this.#takeLink();
  }

  disconnectedCallback(): void {
    removeEventListener("hashchange", this.#linked);
    void this.#kernel?.stop();
  }

  #find(name: string): HTMLElement | null {
    return this.querySelector(`[data-part=${name}]`);
  }

  #part(name: string): HTMLElement {
    return this.#find(name) as HTMLElement;
  }

  #note(text: string): void {
    this.#part("note").textContent = text;
  }

  #keptCells(text: string): readonly CellText[] {
    try {
      return cellsOfText(text);
    } catch {
      return this.#config.cells;
    }
  }

  #put(cells: readonly CellText[]): void {
    for (const cell of this.#cells) cell.close();
    this.#part("cells").replaceChildren();
    this.#cells = cells.map((cell) => this.#made(cell));
    this.#stop();
    this.#refresh();
  }

  #made({ name, code }: CellText): NotebookCell {
    const template = this.querySelector<HTMLTemplateElement>("template[data-part=cell]");
    const element = template?.content.firstElementChild?.cloneNode(true) as HTMLElement;
    this.#part("cells").append(element);
    const cell = notebookCell(element, name, code, {
      base: this.#config.base,
      run: (one) => void this.#runCells([one]),
      remove: (one) => this.#remove(one),
      move: (one, by) => this.#move(one, by),
      measure: (one, method) =>
        void takeToTable(method, order(one, this.#cells), this.#config.base).catch((error) => this.#fail(error)),
      changed: () => this.#changed(),
    });
    if (this.#config.opens) void cell.open();
    return cell;
  }

  #add(code = ""): void {
    const taken = this.#cells.map(({ name }) => Number(/^cell-(\d+)$/.exec(name)?.[1] ?? 0));
    const cell = this.#made({ name: `cell-${Math.max(0, ...taken) + 1}`, code });
    this.#cells.push(cell);
    this.#changed();
    void cell.open();
  }

  #remove(cell: NotebookCell): void {
    if (cell === this.#running) this.#stop();
    cell.close();
    this.#cells = this.#cells.filter((one) => one !== cell);
    this.#changed();
    this.#part("add").focus();
  }

  #move(cell: NotebookCell, by: -1 | 1): void {
    const at = this.#cells.indexOf(cell);
    const other = this.#cells[at + by];
    if (!other) return;
    this.#cells[at + by] = cell;
    this.#cells[at] = other;
    if (by < 0) other.element.before(cell.element);
    else other.element.after(cell.element);
    cell.element.querySelector<HTMLElement>(`[data-cell-part=${by < 0 ? "up" : "down"}]`)?.focus();
    this.#changed();
  }

  #changed(): void {
    this.#refresh();
    if (this.#brought) return;
    const text = JSON.stringify(notebookFile(this.#cells));
    const shipped = JSON.stringify(notebookFile(this.#config.cells));
    if (text === shipped) dropEdit(this.#config.name);
    else if (!keepEdit(this.#config.name, { of: fingerprint(shipped), text }))
      this.#note("Your browser keeps nothing: export the notebook before you leave.");
  }

  /** Says of every result whether it still stands. */
  #refresh(): void {
    const fresh = freshness(this.#cells, this.#workers);
    for (const cell of this.#cells) cell.stale(fresh(cell));
  }

  /** As long as there is a worker: what a program began may go on behind its end. */
  #stoppable(): void {
    (this.#part("stop") as HTMLButtonElement).disabled = !(this.#running || this.#kernel?.lives);
  }

  #stop(): void {
    this.#stopping = true;
    void this.#kernel?.stop();
  }

  get #worker(): Kernel {
    const say = (text: string): void => this.#running?.say(text);
    this.#kernel ??= createKernel({
      ...this.#config,
      follower: saidFollower(say),
      onSilence: (seconds) => say(seconds > 0 ? `This cell has not yielded for ${seconds} s: Stop ends it` : "Running"),
      onEnd: () => {
        this.#workers++;
        this.#stoppable();
        this.#refresh();
      },
    });
    return this.#kernel;
  }

  /** Runs cells in order, each after those that it imports from and whose results do not stand. */
  async #runCells(wanted: readonly NotebookCell[]): Promise<void> {
    if (this.#running) return;
    this.#stopping = false;
    const done = new Set<NotebookCell>();
    for (const cell of wanted) {
      let cells: readonly NotebookCell[];
      try {
        cells = order(cell, this.#cells);
      } catch (error) {
        cell.begin();
        cell.run = undefined;
        cell.output.fail({ name: "Error", message: (error as Error).message });
        cell.say("Failed.");
        this.#refresh();
        return;
      }
      for (const one of cells) {
        const stands = freshness(this.#cells, this.#workers)(one) === undefined && one.run !== undefined;
        if (done.has(one) || (one !== cell && stands)) continue;
        done.add(one);
        if (this.#stopping || !(await this.#runCell(one))) return;
      }
    }
  }

  async #runCell(cell: NotebookCell): Promise<boolean> {
    this.#running = cell;
    for (const one of this.#cells) one.busy(true);
    (this.#part("stop") as HTMLButtonElement).disabled = false;
    cell.begin();
    const { code, name, imports } = cell;
    const started = performance.now();
    const runs = new Map(this.#cells.map((one) => [one.name, one.run?.number ?? 0]));
    try {
      const { output } = cell;
      const { methods } = await this.#worker.ask(
        { run: name, code },
        { onShown: output.show, onLine: output.line, onLate: output.fail },
      );
      const imported = new Map(imports.map((from) => [from, runs.get(from) ?? 0]));
      cell.run = { number: ++this.#runs, worker: this.#workers, code, imported };
      cell.offer(methods);
      cell.say(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s${hiddenNote(started)}`);
      return true;
    } catch (error) {
      cell.run = undefined;
      const failure = cellErrorOf(error);
      if (failure.code !== "stopped") cell.output.fail(failure);
      if (failure.at?.program === name) cell.mark(failure.at.line);
      cell.say(failure.name === "Stopped" ? "Stopped." : "Failed.");
      return false;
    } finally {
      this.#running = undefined;
      for (const one of this.#cells) one.busy(false);
      this.#stoppable();
      this.#refresh();
    }
  }

  #export(): void {
    saveFile("notebook.json", "application/json", JSON.stringify(notebookFile(this.#cells), null, 2));
  }

  async #import(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      if (file.size > 5_000_000) throw new NotebookError("This file is larger than 5 MB.");
      this.#put(cellsOfText(await file.text()));
      this.#part("failure").replaceChildren();
      this.#brought = false;
      this.#note(`${file.name}: ${this.#cells.length} cells. Nothing has run.`);
      this.#changed();
    } catch (error) {
      this.#fail(error);
    }
    input.value = "";
  }

  #fromTemplate(select: HTMLSelectElement): void {
    const cells = this.#config.templates[select.value];
    if (!cells) return;
    this.#part("failure").replaceChildren();
    this.#put(cells);
    this.#brought = false;
    this.#changed();
    this.#note(`Template: ${select.selectedOptions[0]?.textContent ?? ""}.`);
    select.value = "";
  }

  /** Cells of a link give way to the reader's own; the reader's own to the first ones. */
  #reset(): void {
    const kept = this.#brought ? readEdit(this.#config.name) : undefined;
    this.#brought = false;
    this.#part("failure").innerHTML = "";
    this.#put(kept ? this.#keptCells(kept.text) : this.#config.cells);
    this.#note(kept ? "Your own cells again." : "The cells as they came.");
    this.#changed();
  }

  async #share(): Promise<void> {
    const copied = await shareLink("code", { notebook: notebookFile(this.#cells) });
    this.#note(
      `A link to this notebook ${copied ? "is copied. It shows the cells and runs nothing by itself" : "stands in the address bar"}.`,
    );
  }

  async #takeLink(): Promise<void> {
    try {
      const shared = await readFragment(location.hash);
      if (shared?.kind !== "code") return;
      const { notebook } = (shared.value ?? {}) as { readonly notebook?: unknown };
      if (notebook === undefined) return;
      this.#put(cellsOf(notebook));
      this.#part("failure").replaceChildren();
      this.#brought = true;
      this.#note(
        "These cells came with a link. Read them first: they run when you press Run. They are not kept; Reset brings back your own.",
      );
    } catch (error) {
      if (error instanceof ShareError || error instanceof NotebookError) this.#fail(error);
      else throw error;
    }
  }

  #fail(error: unknown): void {
    this.#part("failure").innerHTML = failureHtml(error, this.#config.base);
  }
}

customElements.define("dc-notebook", Notebook);
