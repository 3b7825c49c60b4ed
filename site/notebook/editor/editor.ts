import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { completing, type KnownTypes } from "./complete.js";

export interface EditorOptions {
  readonly place: HTMLElement;
  readonly text: string;
  /** Name for screen readers. */
  readonly label: string;
  readonly types: () => Promise<KnownTypes>;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  /** Where the focus goes on Escape. */
  readonly leave: () => void;
}

const setWrong = StateEffect.define<number | undefined>();
const wrongLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, { effects, docChanged, state }) {
    for (const effect of effects)
      if (effect.is(setWrong)) {
        const { value } = effect;
        if (value === undefined || value < 1 || value > state.doc.lines) return Decoration.none;
        const { from } = state.doc.line(value);
        return Decoration.set([Decoration.line({ class: "dc-wrong-line" }).range(from)]);
      }
    return docChanged ? Decoration.none : lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const handled = (act: () => void) => (): boolean => {
  act();
  return true;
};

/** A keyboard would else be caught in it. */
const help = "Tab indents, Escape leaves";

/** A program in an editor. Tab indents, Escape leaves, Ctrl or Cmd with Enter runs. */
export const openEditor = ({ place, text, label, types, onChange, onRun, leave }: EditorOptions) => {
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        javascript({ typescript: true }),
        syntaxHighlighting(classHighlighter),
        autocompletion({ override: [completing(types)] }),
        wrongLine,
        EditorView.contentAttributes.of({ "aria-label": label, "aria-description": help, tabindex: "0" }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) onChange(state.doc.toString());
        }),
        keymap.of([
          { key: "Mod-Enter", run: handled(onRun) },
          ...completionKeymap, // Its Escape closes the list first.
          { key: "Escape", run: handled(leave) },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
      ],
    }),
  });
  return {
    get text(): string {
      return view.state.doc.toString();
    },
    set text(next: string) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    /** Marks the line of an error and brings it into view; none takes the mark away. */
    mark(line?: number): void {
      view.dispatch({ effects: setWrong.of(line) });
      if (line !== undefined && line >= 1 && line <= view.state.doc.lines)
        view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: "center" }) });
    },
    goTo(line: number, column: number): void {
      const { from, to } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
      view.dispatch({ selection: { anchor: Math.min(to, from + column - 1) }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
};

export type Editor = ReturnType<typeof openEditor>;
