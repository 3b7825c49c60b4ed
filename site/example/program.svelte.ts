import type { CacheMethod } from "diffusion-cache";
import type { PageModel } from "../model/models.js";
import { CellFailure } from "../notebook/cell-failure.js";
import type { Editor } from "../notebook/editor/editor.js";
import { readEdit } from "../notebook/edits.js";
import type { KeptProgram, ProgramText } from "../notebook/kept-program.js";
import type { Outcome } from "../program/example-module.js";
import { shareLink } from "../program/share-link.js";
import type { EditedRun, RunRequest } from "./edited-run.js";

interface ProgramOptions {
  readonly example: string;
  readonly base: string;
  readonly models: readonly PageModel[];
  readonly model: () => PageModel;
  readonly run: () => void;
  /** Where the focus goes on Escape. */
  readonly leave: () => void;
  readonly say: (text: string) => void;
}

/** A program as it was edited when Run was pressed. */
export interface EditedProgram {
  run(request: RunRequest, onMethods: (methods: readonly CacheMethod[]) => void): Promise<Outcome>;
}

/** Where the editor is, and where a program shows what it shows. */
interface Places {
  readonly editor: HTMLElement;
  readonly output: HTMLElement;
}

/** The program of an example: as it is shipped, or in an editor, and run in a worker of its own. */
export class Program {
  readonly #options: ProgramOptions;
  #places: Places | undefined;
  #shipped: string | undefined;
  #kept: KeptProgram | undefined;
  #editor: Editor | undefined;
  #opening: Promise<Editor> | undefined;
  /** What only those load who run an edited program. */
  #running: Promise<EditedRun> | undefined;
  opened = $state(false);
  note = $state("");
  /** Whether Reset would change it. */
  differs = $state(false);

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /** Takes the places in the page; opens an edit that the browser kept. */
  attach(places: Places): () => void {
    this.#places = places;
    if (readEdit(this.#options.example)) void this.open();
    return () => void this.#running?.then(({ close }) => close());
  }

  #show({ text, note }: ProgramText): void {
    if (this.#editor && this.#editor.text !== text) this.#editor.text = text;
    this.differs = this.#kept?.differs(text) ?? false;
    this.note = note;
  }

  async #load(place: HTMLElement): Promise<Editor> {
    const { example, base, run, leave } = this.#options;
    const { loadEditor, shippedProgram } = await import("./opened-program.js");
    const { source, kept } = await shippedProgram(example);
    const editor = await loadEditor(base, {
      place,
      text: kept.open().text,
      label: `Program examples/${example}.ts`,
      onChange: (text) => {
        const said = kept.edit(text);
        this.differs = kept.differs(text);
        if (said) this.note = said;
      },
      onRun: run,
      leave,
    });
    [this.#shipped, this.#kept, this.#editor] = [source, kept, editor];
    this.#show(kept.open());
    return editor;
  }

  /** Shows the editor, with the kept edits, or a text that a link brought. */
  async open(brought?: string): Promise<void> {
    const place = this.#places?.editor;
    if (!place) return;
    this.opened = true;
    // One load for all who ask meanwhile: kept edits that come later must not replace what a link brought.
    this.#opening ??= this.#load(place).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    await this.#opening;
    if (brought !== undefined && this.#kept) this.#show(this.#kept.bring(brought));
  }

  async edit(): Promise<void> {
    await this.open();
    this.#editor?.focus();
  }

  reset(): void {
    if (!this.#editor || !this.#kept) return;
    this.#show(this.#kept.reset());
    this.#editor.mark();
    this.#clear();
  }

  async share(): Promise<void> {
    const copied = await shareLink("code", { example: this.#options.example, text: this.#editor?.text ?? "" });
    this.note = copied
      ? "A link to this program is copied; it shows the program and runs nothing by itself."
      : "A link to this program is in the address bar.";
  }

  #clear(): void {
    void this.#running?.then((edited) => edited.clear());
  }

  #edited(output: HTMLElement): Promise<EditedRun> {
    this.#running ??= import("./edited-run.js").then(
      (module) => module.editedRun(output, this.#options, (line, column) => this.#editor?.goTo(line, column)),
      (error) => {
        this.#running = undefined;
        throw error;
      },
    );
    return this.#running;
  }

  /** The program as edited; undefined while it is the shipped one. */
  edited(): EditedProgram | undefined {
    const text = this.#editor?.text;
    const output = this.#places?.output;
    if (text === undefined || text === this.#shipped || !output) return undefined;
    this.#editor?.mark();
    this.#clear();
    return {
      run: async (request, onMethods) => {
        const edited = await this.#edited(output);
        request.signal.throwIfAborted();
        return edited.run(text, request, onMethods);
      },
    };
  }

  /** Shows an error of the program at its line. @returns whether it was one */
  fail(error: unknown): boolean {
    if (!(error instanceof CellFailure)) return false;
    void this.#running?.then((edited) => edited.show(error.failure));
    const { at } = error.failure;
    if (at?.program === this.#options.example) this.#editor?.mark(at.line);
    return true;
  }
}
