// What readers changed in programs, kept by their browser. Where it keeps nothing, edits last as long as the page.

export interface Edit {
  /** The program that was edited, as a number that changes with it. */
  readonly of: string;
  readonly text: string;
}

const key = (name: string): string => `dc-program:${name}`;

/** A short number for a text: enough to see that it has changed (FNV-1a). */
export const fingerprint = (text: string): string => {
  let hash = 0x811c9dc5;
  for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16);
};

export const readEdit = (name: string): Edit | undefined => {
  try {
    const { of, text } = JSON.parse(localStorage.getItem(key(name)) ?? "{}") as Partial<Edit>;
    return typeof of === "string" && typeof text === "string" ? { of, text } : undefined;
  } catch {
    return undefined;
  }
};

/** @returns whether the browser keeps it */
export const keepEdit = (name: string, edit: Edit): boolean => {
  try {
    localStorage.setItem(key(name), JSON.stringify(edit));
    return true;
  } catch {
    return false;
  }
};

export const dropEdit = (name: string): void => {
  try {
    localStorage.removeItem(key(name));
  } catch {
    // Nothing was kept.
  }
};
