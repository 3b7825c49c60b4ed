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

/** What may go well when it is done again, with nothing changed. */
const passing = ["download-failed", "hash-mismatch", "device-lost", "out-of-memory", "runtime-failed"];

/** What a panel says of an error. */
export const failureOf = (error: unknown) => {
  const { message, hint, code } = fieldsOf(error);
  const reload = (error as { readonly reload?: unknown } | null)?.reload === true;
  return { message, hint, code, passes: passing.includes(code), reload };
};
