import { dropEdit, fingerprint, keepEdit, readEdit } from "./edits.js";

/** Where a text comes from, and what is to be said of it. */
export interface ProgramText {
  readonly text: string;
  readonly note: string;
}

/**
 * The program that a reader edits, and what the browser keeps of it. A text that a link brings is shown and run when it
 * is asked for, and never takes the place of what the reader has kept: it is kept only once the reader changes it.
 *
 * @param name under which the browser keeps it
 * @param shipped the program as the site has it
 */
export const keptProgram = (name: string, shipped: string) => {
  let brought: string | undefined;
  /** Whether a text of the reader's waits behind the one that a link brought. */
  const waiting = (): boolean => brought !== undefined && readEdit(name) !== undefined;

  const kept = (): ProgramText => {
    const edit = readEdit(name);
    if (!edit) return { text: shipped, note: "" };
    const note =
      edit.of === fingerprint(shipped)
        ? "Your edits of this program, as you left them."
        : "These edits were made to an earlier version of this program; Reset program shows today's.";
    return { text: edit.text, note };
  };

  return {
    /** What stands there first. */
    open: kept,
    /** A link brings a text. */
    bring(text: string): ProgramText {
      brought = text;
      const back = waiting() ? " Your own edits are kept: Reset program brings them back." : "";
      return { text, note: `This program came with a link. Read it first: it runs when you press Run.${back}` };
    },
    /** The reader changed the text. @returns what to say, "" for nothing */
    edit(text: string): string {
      if (text === brought) return "";
      if (waiting())
        return "Edited. It came with a link and is not kept: your own edits are. Share program gives a link to it.";
      brought = undefined;
      if (text === shipped) {
        dropEdit(name);
        return "";
      }
      return keepEdit(name, { of: fingerprint(shipped), text })
        ? "Edited. Your browser keeps the edits; the grid above and the snippets below follow the program as shipped."
        : "Edited. Your browser keeps nothing: the edits last until the page is closed.";
    },
    /** Whether Reset would change a text. */
    differs: (text: string): boolean => text !== shipped || waiting(),
    /** The text of a link gives way to the reader's own, and the reader's own to the shipped one. */
    reset(): ProgramText {
      const own = waiting();
      brought = undefined;
      if (own) return kept();
      dropEdit(name);
      return { text: shipped, note: "The program as shipped." };
    },
  };
};

export type KeptProgram = ReturnType<typeof keptProgram>;
