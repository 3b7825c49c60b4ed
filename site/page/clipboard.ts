/** Copies by the command of old: it copies a selection, and pages on plain HTTP have it too. */
const byCommand = (text: string): boolean => {
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.style.cssText = "position: fixed; opacity: 0";
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
};

/** Puts a text into the clipboard, also where the page was loaded over plain HTTP. @returns whether it is there */
export const toClipboard = async (text: string): Promise<boolean> => {
  try {
    // Browsers have it on https and on localhost alone, and may refuse it there.
    await (navigator.clipboard as Clipboard | undefined)?.writeText(text);
    return navigator.clipboard ? true : byCommand(text);
  } catch {
    return byCommand(text);
  }
};
