/**
 * Every way the engine can refuse, with the sentence that the reference page prints beside the code.
 * Codes are permanent: scripts and links depend on them.
 */
export const errorCodes = {
  "file-missing": "A file that was asked for is not there or cannot be read.",
  "file-invalid": "A file was read but its content is not what its format promises.",
  "download-failed": "The network or the server ended a download before it was complete.",
  "hash-mismatch": "A downloaded file does not have the SHA-256 that its manifest names.",
  "model-unknown": "The checkpoint names an architecture that the engine does not have.",
  "model-config": "A checkpoint's configuration holds a value that the architecture does not take.",
  "weight-missing": "The network needs a weight that the checkpoint does not hold.",
  "weight-shape": "A weight of the checkpoint has another shape than the network needs.",
  "card-unknown": "There is no model card of this name.",
  "card-invalid": "A model card holds a field that the planner does not take.",
  "scheduler-unknown": "The scheduler configuration names a class that the engine does not have.",
  "scheduler-config": "The scheduler configuration holds a value that the engine does not take.",
  "method-unknown": "No caching method has this name.",
  "option-unknown": "A caching method has no option of this name.",
  "option-invalid": "An option has a value outside its range.",
  "calibration-mismatch": "A method's numbers were measured on another model, scheduler or number of steps.",
  "site-missing": "A caching method finds nothing to cache in this model.",
  "site-conflict": "Two caching methods would decide at one place.",
  "prompt-invalid": "A prompt holds a word that the model's vocabulary does not have.",
  "input-invalid": "An input of a run has the wrong shape, type or range.",
  "argument-invalid": "A command-line argument is unknown, missing or out of range.",
  "backend-missing": "The wanted backend cannot run here.",
  "threads-silent": "The threads of WebAssembly were started and gave no answer.",
  "webassembly-missing": "WebAssembly, which every backend needs, is missing, blocked or too old here.",
  "device-lost": "The GPU device went away during a run.",
  "out-of-memory": "The device, or WebAssembly, has no room for a tensor.",
  "runtime-failed": "The runtime, onnxruntime-web, refused a graph or failed while running it.",
  "not-finite": "A run produced a value that is not a number.",
  "needs-readings": "This method decides by data, so a plan needs the readings of a recorded run.",
  stopped: "The run was stopped before its last step.",
  disposed: "The engine was disposed of before it had done what it was asked.",
} as const;

/** A key of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/** Values stand in messages, and a hostile file may hold a value of megabytes. */
const longest = 1500;

/** Characters that move a terminal's cursor, colour it, or turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text of somebody else as a terminal may have it: control characters are written out, lines and tabs stay. */
export const printable = (text: string): string =>
  text.replace(unprintable, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

const written = (value: unknown, most: number): string => {
  // Cut first: an escaped character takes more than it was, never less.
  if (typeof value === "string") return JSON.stringify(value.length > most ? value.slice(0, most) : value);
  if (typeof value === "number" || typeof value === "bigint" || value === undefined) return String(value);
  try {
    return JSON.stringify(value) ?? `a ${typeof value}`;
  } catch {
    return `a value of the type ${typeof value} that JSON cannot say`; // too deep, or it holds itself or a bigint
  }
};

/** A value as a message has it, whatever it is: one line, without control characters, of about `most` characters. */
export const shown = (value: unknown, most = 200): string => {
  const text = printable(written(value, most));
  const cut = text.length > most || (typeof value === "string" && value.length > most);
  return cut ? `${text.slice(0, most)}…` : text;
};

const oneLine = (given: unknown): string => {
  const text = String(given); // a program without types may throw anything
  const short = text.length > longest ? `${text.slice(0, longest)} …` : text;
  return printable(short.replaceAll(/\s*[\r\n]\s*/g, " "));
};

/**
 * The only error that leaves the engine. `message` says what happened and why, with the values, in one line of bounded
 * length without control characters; `hint` says what to do. Both survive the way through a worker (see `worker/`).
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** Permanent; see {@link errorCodes}. */
  readonly code: ErrorCode;
  /** What to do, where there is something to do. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    const { hint, cause } = options ?? {};
    super(oneLine(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint === undefined ? undefined : oneLine(hint);
  }
}
