import type { CacheMethod } from "diffusion-cache";
import type { PageModel } from "../model/models.js";
import { CellFailure } from "../notebook/cell-failure.js";
import type { Editor } from "../notebook/editor/editor.js";
import { readEdit } from "../notebook/edits.js";
import { type KeptProgram, keptProgram, type ProgramText } from "../notebook/kept-program.js";
import { loadEditor } from "../notebook/load-editor.js";
import type { Outcome } from "../program/example-module.js";
import { shareLink } from "../program/share-link.js";
import type { EditedRun, RunRequest } from "./edited-run.js";

const sources = import.meta.glob<string>("/examples/*.ts", { query: "?raw", import: "default" });

export interface ExampleEditorOptions {
  readonly example: string;
  readonly base: string;
  readonly models: readonly PageModel[];
  readonly model: () => PageModel;
  readonly run: () => void;
  readonly say: (text: string) => void;
}

/** Editing the program of an example where it stands, and running what it has become in a worker of its own. */
export const exampleEditor = (root: HTMLElement, options: ExampleEditorOptions) => {
  const { example, base, run } = options;
  const part = <T extends HTMLElement = HTMLElement>(name: string): T => root.querySelector(`[data-part=${name}]`) as T;
  let [shipped, program, editor]: [string?, KeptProgram?, Editor?] = [];
  let opening: Promise<Editor> | undefined;

  /** What only those load who run an edited program. */
  let running: Promise<EditedRun> | undefined;
  const clear = (): void => void running?.then((edited) => edited.clear());

  const note = (text: string): void => {
    part("edit-note").textContent = text;
  };
  const follow = (text: string): void => {
    part<HTMLButtonElement>("edit-reset").disabled = !program?.differs(text);
  };
  const show = ({ text, note: said }: ProgramText): void => {
    if (editor && editor.text !== text) editor.text = text;
    follow(text);
    note(said);
  };

  /** Shows the editor, with the kept edits, or a text that a link brought. */
  const open = async (brought?: string): Promise<void> => {
    part("edit").setAttribute("aria-expanded", "true");
    part<HTMLDetailsElement>("program").open = true;
    const source = (await sources[`/examples/${example}.ts`]?.())?.trimEnd() ?? "";
    shipped ??= source;
    program ??= keptProgram(example, source);
    const mine = program;
    part("editor").hidden = false;
    part("shown-program").hidden = true;
    const first = mine.open();
    opening ??= loadEditor(base, {
      place: part("edit-place"),
      text: first.text,
      label: `Program examples/${example}.ts`,
      onChange(text) {
        const said = mine.edit(text);
        follow(text);
        if (said) note(said);
      },
      onRun: run,
      leave: () => part("run").focus(),
    });
    opening.catch(() => {
      opening = undefined;
    });
    const isNew = editor === undefined;
    editor = await opening;
    if (brought !== undefined) show(mine.bring(brought));
    else if (isNew) show(first);
  };

  const reset = (): void => {
    if (!editor || !program) return;
    show(program.reset());
    editor.mark();
    clear();
  };

  part("edit").addEventListener("click", async () => {
    await open();
    editor?.focus();
  });
  part("edit-reset").addEventListener("click", reset);
  part("edit-share").addEventListener("click", async () => {
    const copied = await shareLink("code", { example, text: editor?.text ?? "" });
    note(
      copied
        ? "A link to this program is copied; it shows the program and runs nothing by itself."
        : "A link to this program stands in the address bar.",
    );
  });

  const editedRun = (): Promise<EditedRun> => {
    running ??= import("./edited-run.js").then(
      (module) => module.editedRun(part("edit-output"), options, (line, column) => editor?.goTo(line, column)),
      (error) => {
        running = undefined;
        throw error;
      },
    );
    return running;
  };

  if (readEdit(example)) void open();

  return {
    open,
    /** The program as edited; undefined while it is the shipped one. */
    program():
      | { run(request: RunRequest, onMethods: (methods: readonly CacheMethod[]) => void): Promise<Outcome> }
      | undefined {
      const text = editor?.text;
      if (text === undefined || text === shipped) return undefined;
      editor?.mark();
      clear();
      return {
        async run(request, onMethods) {
          const edited = await editedRun();
          request.signal.throwIfAborted();
          return edited.run(text, request, onMethods);
        },
      };
    },
    /** Shows an error of the program at its line. @returns whether it was one */
    fail(error: unknown): boolean {
      if (!(error instanceof CellFailure)) return false;
      void running?.then((edited) => edited.show(error.failure));
      const { at } = error.failure;
      if (at?.program === example) editor?.mark(at.line);
      return true;
    },
    close: (): void => void running?.then(({ close }) => close()),
  };
};

export type ExampleEditor = ReturnType<typeof exampleEditor>;
