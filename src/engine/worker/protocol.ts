import { EngineError } from "../errors.js";
import type { MessageEvent, MessagePort } from "../platform.js";

// One shape of call serves every method of the engine: a method's single argument is an object whose `signal` and
// `onProgress` stay on the page and become messages. A new method of the engine needs no new message.

/** A worker, or a port to where one is served. */
export interface Wire {
  postMessage(message: unknown, transfer: (ArrayBuffer | MessagePort)[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** Page → worker. */
export type Request =
  | {
      readonly id: number;
      readonly call: string;
      readonly argument: Readonly<Record<string, unknown>>;
      readonly listens: boolean;
    }
  | { readonly id: number; readonly abort: true };

/** Worker → page. */
export type Response =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: SentError };

/** Whether something that arrived over a wire can be a message at all: whoever has the other end may send anything. */
export const isMessage = (data: unknown): boolean =>
  typeof data === "object" && data !== null && Number.isInteger((data as { readonly id?: unknown }).id);

/** An error as data: classes do not survive a message. */
export interface SentError {
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export const packError = (error: unknown): SentError => {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const { code, hint } = error instanceof EngineError ? error : { code: undefined, hint: undefined };
  return { code, message, hint, stack };
};

export const stopped = (): EngineError => new EngineError("stopped", "The run was stopped before its last step.");

/** Every array of numbers inside `value`, to be handed over rather than copied. */
export const buffersIn = (value: unknown): ArrayBuffer[] => {
  const found = new Set<ArrayBuffer>();
  const visit = (one: unknown): void => {
    if (ArrayBuffer.isView(one)) {
      if (one.buffer instanceof ArrayBuffer) found.add(one.buffer);
    } else if (Array.isArray(one)) one.forEach(visit);
    else if (typeof one === "object" && one !== null) Object.values(one).forEach(visit);
  };
  visit(value);
  return [...found];
};
