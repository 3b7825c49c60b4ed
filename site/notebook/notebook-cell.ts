import type { ExportedMethod } from "./cell/messages.js";
import { type CellOutput, cellOutput } from "./cell-output.js";
import type { Editor } from "./editor/editor.js";
import { loadEditor } from "./load-editor.js";
import { importsOf } from "./strip-types.js";

/** A run of a cell, to tell later whether its result still stands. */
export interface CellRun {
  readonly number: number;
  /** Which worker it ran in: with a stopped one, what it exported is gone. */
  readonly worker: number;
  readonly code: string;
  readonly imported: ReadonlyMap<string, number>;
}

export interface CellHost {
  readonly base: string;
  run(cell: NotebookCell): void;
  remove(cell: NotebookCell): void;
  move(cell: NotebookCell, by: -1 | 1): void;
  changed(): void;
  /** Takes a method that the cell exports to the table of methods. */
  measure(cell: NotebookCell, method: ExportedMethod): void;
}

/** One cell of a notebook on the page: its program, its state and its output. */
export const notebookCell = (element: HTMLElement, name: string, code: string, host: CellHost) => {
  const part = <T extends HTMLElement = HTMLElement>(of: string): T =>
    element.querySelector(`[data-cell-part=${of}]`) as T;
  let [text, editor]: [string, Editor?] = [code];
  part("name").textContent = name;
  part("code").textContent = code;
  element.setAttribute("aria-label", `Cell ${name}`);
  const output: CellOutput = cellOutput(
    part("output"),
    (line, column) => void open().then(() => editor?.goTo(line, column)),
  );

  const open = async (): Promise<void> => {
    if (editor) return;
    const place = part("editor");
    await import("./editor/editor.js");
    place.hidden = false; // before it measures its lines
    part("code").hidden = true;
    const opened = await loadEditor(host.base, {
      place,
      text,
      label: `Program of ${name}`,
      onChange(next) {
        text = next;
        host.changed();
      },
      onRun: () => host.run(cell),
      leave: () => part("run").focus(),
    });
    editor = opened;
    part("edit").hidden = true;
  };

  for (const [name, act] of [
    ["run", () => host.run(cell)],
    ["edit", () => void open().then(() => editor?.focus())],
    ["up", () => host.move(cell, -1)],
    ["down", () => host.move(cell, 1)],
    ["delete", () => host.remove(cell)],
  ] as const)
    part(name).addEventListener("click", act);

  const cell = {
    name,
    element,
    output,
    run: undefined as CellRun | undefined,
    open,
    get code(): string {
      return text;
    },
    get imports(): readonly string[] {
      return importsOf(text);
    },
    say(status: string): void {
      if (part("status").textContent !== status) part("status").textContent = status;
    },
    /** Says why the result no longer stands; nothing where it does. */
    stale(why: string | undefined): void {
      part("stale").textContent = why ? `Stale: ${why}` : "";
      element.toggleAttribute("data-stale", why !== undefined);
    },
    /** Before a run: what the last one gave goes. */
    begin(): void {
      output.clear();
      cell.offer([]);
      cell.mark();
      cell.stale(undefined);
      cell.say("Running");
    },
    busy(running: boolean): void {
      part<HTMLButtonElement>("run").disabled = running;
    },
    mark: (line?: number): void => editor?.mark(line),
    /** Offers methods that the cell exports to the table of all methods. */
    offer(methods: readonly ExportedMethod[]): void {
      const buttons = methods.map((method) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = `Measure ${method.name} in the table`;
        button.addEventListener("click", () => host.measure(cell, method));
        return button;
      });
      part("methods").replaceChildren(...buttons);
    },
    close(): void {
      editor?.close();
      element.remove();
    },
  };
  return cell;
};

export type NotebookCell = ReturnType<typeof notebookCell>;
