import type { KnownTypes } from "./editor/complete.js";
import type { Editor, EditorOptions } from "./editor/editor.js";

let types: Promise<KnownTypes> | undefined;

const loadTypes = async (base: string): Promise<KnownTypes> => {
  const response = await fetch(`${base.replace(/\/$/, "")}/engine-types.json`);
  if (!response.ok) throw new Error(`the engine's types could not be loaded: ${response.status}`);
  return response.json();
};

/** The editor, which only those who edit load; the names it completes come with the first letter typed. */
export const loadEditor = async (base: string, options: Omit<EditorOptions, "types">): Promise<Editor> => {
  const { openEditor } = await import("./editor/editor.js");
  return openEditor({
    ...options,
    types: () => {
      types ??= loadTypes(base).catch((error) => {
        types = undefined;
        throw error;
      });
      return types.catch(() => ({ exports: [], members: {} }));
    },
  });
};
