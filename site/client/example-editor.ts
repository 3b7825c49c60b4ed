import type { CacheMethod, Result } from "diffusion-cache";
import type { Editor } from "../editor/editor.js";
import { type CellOutput, cellOutput } from "./cell-output.js";
import { editedOptions } from "./edited-options.js";
import { dropEdit, fingerprint, keepEdit, readEdit } from "./edits.js";
import type { ExampleModule, Outcome, RunName } from "./example-module.js";
import { loadExample } from "./examples.js";
import { CellFailure, createKernel, type Kernel } from "./kernel.js";
import type { Follower } from "./lent-engine.js";
import { loadEditor } from "./load-editor.js";
import type { PageModel } from "./models.js";
import { shareLink } from "./share-link.js";
import { stripTypes } from "./strip-types.js";

const sources = import.meta.glob<string>("/examples/*.ts", { query: "?raw", import: "default" });

export interface ExampleEditorOptions {
  readonly example: string;
  readonly base: string;
  readonly models: readonly PageModel[];
  readonly model: () => PageModel;
  readonly run: () => void;
  readonly say: (text: string) => void;
}

type RunRequest = Parameters<ExampleModule["run"]>[0];

const nameOf = (methods: readonly CacheMethod[]): RunName => (methods.length > 0 ? "cached" : "uncached");

/** Editing the program of an example where it stands, and running what it has become in a worker of its own. */
export const exampleEditor = (root: HTMLElement, options: ExampleEditorOptions) => {
  const { example, base, models, model, run, say } = options;
  const part = <T extends HTMLElement = HTMLElement>(name: string): T => root.querySelector(`[data-part=${name}]`) as T;
  let [shipped, editor, kernel, follower]: [string?, Editor?, Kernel?, Follower?] = [];
  const output: CellOutput = cellOutput(part("edit-output"), (line, column) => editor?.goTo(line, column));

  const note = (text: string): void => {
    part("edit-note").textContent = text;
  };
  const changed = (text: string): void => {
    if (shipped === undefined) return;
    part<HTMLButtonElement>("edit-reset").disabled = text === shipped;
    if (text === shipped) {
      dropEdit(example);
      return;
    }
    const kept = keepEdit(example, { of: fingerprint(shipped), text });
    note(
      kept
        ? "Edited. Your browser keeps the edits; the grid above and the snippets below follow the program as shipped."
        : "Edited. Your browser keeps nothing: the edits last until the page is closed.",
    );
  };

  /** Shows the editor, with the kept edits, or a text that a link brought. */
  const open = async (brought?: string): Promise<void> => {
    part("edit").setAttribute("aria-expanded", "true");
    part<HTMLDetailsElement>("program").open = true;
    shipped ??= (await sources[`/examples/${example}.ts`]?.())?.trimEnd() ?? "";
    const kept = readEdit(example);
    const text = brought ?? kept?.text ?? shipped;
    part("editor").hidden = false;
    part("shown-program").hidden = true;
    if (editor) {
      if (brought !== undefined) editor.text = brought;
    } else
      editor = await loadEditor(base, {
        place: part("edit-place"),
        text,
        label: `Program examples/${example}.ts`,
        onChange: changed,
        onRun: run,
        leave: () => part("run").focus(),
      });
    part<HTMLButtonElement>("edit-reset").disabled = text === shipped;
    if (brought !== undefined) note("This program came with a link. Read it first: it runs when you press Run.");
    else if (kept && kept.of !== fingerprint(shipped))
      note("These edits were made to an earlier version of this program; Reset program shows today's.");
    else if (kept) note("Your edits of this program, as you left them.");
  };

  const reset = (): void => {
    if (!editor || shipped === undefined) return;
    editor.text = shipped;
    editor.mark();
    output.clear();
    note("The program as shipped.");
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

  /** What a run of the edited program did, as the engine did it: the page does not take the program's word. */
  const runEdited = async (
    text: string,
    { settings, signal, onProgress }: RunRequest,
    onMethods: (methods: readonly CacheMethod[]) => void,
  ): Promise<Outcome> => {
    const results: Partial<Record<RunName, Result>> = {};
    follower = {
      onStart: onMethods,
      onProgress: (methods, progress) => onProgress(nameOf(methods), progress),
      onResult: (methods, result) => {
        results[nameOf(methods)] = result;
      },
    };
    kernel ??= createKernel({
      ...{ base, models },
      follower: {
        onStart: (methods) => follower?.onStart?.(methods),
        onProgress: (methods, progress) => follower?.onProgress?.(methods, progress),
        onResult: (methods, result) => follower?.onResult?.(methods, result),
      },
      onSilence: (seconds) => seconds > 0 && say(`The program has not yielded for ${seconds} s: Stop ends it`),
    });
    const mine = kernel;
    const stop = (): void => void mine.stop();
    signal.addEventListener("abort", stop, { once: true });
    const listener = { onShown: output.show, onLine: output.line, onLate: output.fail };
    try {
      const code = await stripTypes(example, text);
      const ran = await mine.ask({ run: example, code }, listener);
      const { knobs } = await loadExample(example);
      const own = { ...settings, options: editedOptions(settings.options, knobs, JSON.parse(ran.knobs)) };
      const address = new URL(model().address, location.href).href;
      await mine.ask({ example, model: address, settings: own }, listener);
    } finally {
      signal.removeEventListener("abort", stop);
      follower = undefined;
    }
    const { uncached, cached } = results;
    if (!uncached || !cached)
      throw new CellFailure({
        name: "Error",
        message: `The program made no ${uncached ? "cached" : "uncached"} run`,
        hint: "run has to generate twice: without cache, and with the methods.",
      });
    const { compareClips } = await import("./engine-door.js");
    return { uncached, cached, quality: compareClips(uncached.clip, cached.clip) };
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
      output.clear();
      return { run: (request, onMethods) => runEdited(text, request, onMethods) };
    },
    /** Shows an error of the program at its line. @returns whether it was one */
    fail(error: unknown): boolean {
      if (!(error instanceof CellFailure)) return false;
      output.fail(error.failure);
      const { at } = error.failure;
      if (at?.program === example) editor?.mark(at.line);
      return true;
    },
    close: (): void => void kernel?.stop(),
  };
};

export type ExampleEditor = ReturnType<typeof exampleEditor>;
