const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign);

/** What an EngineError says, read without importing its class: it may come from another bundle. */
const fieldsOf = (error: unknown): { message: string; hint: string; code: string } => {
  const { message, hint, code } = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  return {
    message: typeof message === "string" ? message : String(error),
    hint: typeof hint === "string" ? hint : "",
    code: typeof code === "string" ? code : "",
  };
};

export const codeOf = (error: unknown): string => fieldsOf(error).code;
export const messageOf = (error: unknown): string => fieldsOf(error).message;
export const hintOf = (error: unknown): string => fieldsOf(error).hint;

/** Something that went wrong and was mended. */
export const noticeHtml = (text: string): string =>
  `<div class="dc-notice" role="status"><p>${escapeHtml(text)}</p></div>`;

/** What may go well when it is done again, with nothing changed. */
const passing = ["download-failed", "hash-mismatch", "device-lost", "out-of-memory", "runtime-failed"];

/** What a panel says of an error. */
export const failureOf = (error: unknown) => {
  const { message, hint, code } = fieldsOf(error);
  const reload = (error as { readonly reload?: unknown } | null)?.reload === true;
  return { message, hint, code, passes: passing.includes(code), reload };
};

/** An error where it happened: what, what to do, and the way to its entry in the reference. */
export const failureHtml = (error: unknown, base: string): string => {
  const { message, hint, code } = fieldsOf(error);
  const link = code
    ? `<p><a href="${base.replace(/\/$/, "")}/reference/errors/#${escapeHtml(code)}">About the error <code>${escapeHtml(code)}</code></a></p>`
    : "";
  // Without its fragment, so that it loads the page and does not only scroll.
  const reload = (error as { readonly reload?: unknown } | null)?.reload === true ? `<p><a href="">Reload</a></p>` : "";
  const again = passing.includes(code) ? `<p><button type="button" data-part="again">Try again</button></p>` : "";
  return `<div class="dc-failure" role="alert"><p><strong>${escapeHtml(message)}</strong></p>${
    hint ? `<p>${escapeHtml(hint)}</p>` : ""
  }${reload}${again}${link}</div>`;
};
