import { type Follower, type Lendable, lentEngine } from "../device/lent-engine.js";
import type { CellError, CellRequest, CellResult, ConsoleLine, ExampleRequest, Shown } from "./cell/messages.js";
import { CellFailure } from "./cell-failure.js";
import { type Counted, counted, messageFlow } from "./message-flow.js";
import { type CheckedOutput, checkedError, checkedOutput, checkedResult } from "./output/checked-output.js";
import { type Stripped, stripTypes } from "./strip-types.js";

/** What a program says while it runs, and after: a timer of it may still speak. */
export interface CellListener {
  onShown?(shown: Shown): void;
  onLine?(line: ConsoleLine): void;
  /** An error that came after the program had ended, from a timer or a forgotten promise. */
  onLate?(error: CellError): void;
}

interface Waiting {
  readonly listener: CellListener;
  readonly output: CheckedOutput;
  readonly resolve: (value: CellResult) => void;
  readonly reject: (error: unknown) => void;
  over: boolean;
}

/** One worker behind its frame. */
interface Live {
  readonly frame: HTMLIFrameElement;
  /** There once the frame has loaded. */
  readonly wire: Promise<MessagePort>;
  readonly waiting: Map<number, Waiting>;
  readonly leaves: (() => void)[];
}

/** Seconds without an answer after which a program is stopped: it never yields, so nothing else could end it. */
export const mostSilence = 10;
const mostEngines = 500;

export interface KernelOptions {
  /** Address of the site's root. */
  readonly base: string;
  readonly models: readonly Lendable[];
  readonly follower?: Follower;
  /** The worker ended, and with it everything that programs had exported. */
  readonly onEnd?: (why: string) => void;
  /** Seconds since the worker last answered, from two on; 0 when it answers again. */
  readonly onSilence?: (seconds: number) => void;
}

/** A program in TypeScript, or a call of one that ran. */
type Call = { readonly run: string; readonly code: string } | ({ readonly example: string } & ExampleRequest);

/** The worker in which the programs of one notebook run, made with the first one. */
export const createKernel = ({ base, models, follower = {}, onEnd, onSilence }: KernelOptions) => {
  let live: Live | undefined;
  let next = 0;
  const programs = new Map<string, Stripped>();

  const end = (error: CellFailure): void => {
    const ending = live;
    live = undefined;
    if (!ending) return;
    ending.frame.remove(); // ends its worker too, also inside an endless loop
    for (const leave of ending.leaves) leave();
    for (const { reject } of ending.waiting.values()) reject(error);
    onEnd?.(error.message);
  };
  const stop = (why: string, code?: "stopped"): void => end(new CellFailure({ name: "Stopped", message: why, code }));

  /** An error with its place in the program as it was written. */
  const inSource = ({ at, ...error }: CellError): CellError => {
    const place = at && programs.get(at.program)?.sourceOf(at);
    return at && place ? { ...error, at: { program: at.program, ...place } } : { ...error, ...(at ? { at } : {}) };
  };

  /** Asks the worker every second whether it still yields. Counts asks, not time: a sleeping machine is no endless loop. */
  const watch = (ask: (count: number) => void): { heard(): void; leave(): void } => {
    let silent = 0;
    let answered = false;
    ask(0); // comes before any program, so that silence tells which it is
    const timer = setInterval(() => {
      if (silent >= 2) onSilence?.(silent);
      if (silent >= mostSilence)
        return stop(
          answered
            ? `Stopped: the program had not yielded for ${mostSilence} seconds. An endless loop, or memory taken without end.`
            : `Nothing ran: the frame for code (cell.html) has not answered for ${mostSilence} seconds. It could not be fetched, or the browser or an extension blocked it.`,
        );
      ask(++silent);
    }, 1000);
    return {
      leave: () => clearInterval(timer),
      heard() {
        answered = true;
        if (silent >= 2) onSilence?.(0);
        silent = 0;
      },
    };
  };

  const start = (): Live => {
    const frame = document.createElement("iframe");
    frame.sandbox.add("allow-scripts");
    frame.hidden = true;
    frame.title = "Where the code of this page runs";
    frame.src = `${base.replace(/\/$/, "")}/cell.html`;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    document.body.append(frame);
    const { port1: wire, port2 } = new MessageChannel();
    const waiting = new Map<number, Waiting>();
    const { heard, leave } = watch((count) => wire.postMessage({ ping: count } satisfies CellRequest));
    const leaves = [leave, () => wire.close()];
    const tooMany = (): void => stop("Stopped: the program sent more messages than the page can take.");
    const [said, asked] = [messageFlow(5000, 1000, tooMany), messageFlow(20_000, 5000, tooMany)];
    let engines = 0;

    const open = async (): Promise<MessagePort> => {
      const [{ serveEngine }] = await Promise.all([import("../device/engine-door.js"), loaded]);
      frame.contentWindow?.postMessage({ page: new URL(base, location.href).href }, "*", [port2]);
      wire.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (!said() || typeof data !== "object" || data === null) return;
        const event = data as Readonly<Record<string, unknown>>;
        if ("pong" in event) return heard();
        if (event.engine instanceof MessagePort) {
          if (++engines > mostEngines) return tooMany();
          const port: Counted = counted(event.engine, asked);
          return void leaves.push(serveEngine(port, lentEngine(models, follower)), () => port.close());
        }
        const call = waiting.get(Number(event.id));
        if (!call) return;
        if ("display" in event) {
          const shown = call.output.shown(event.display);
          if (shown) call.listener.onShown?.(shown);
        } else if ("line" in event) {
          const line = call.output.line(event.line);
          if (line) call.listener.onLine?.(line);
        } else if ("result" in event) call.resolve(checkedResult(event.result));
        else if ("error" in event) {
          const error = inSource(checkedError(event.error));
          if (call.over) call.listener.onLate?.(error);
          else call.reject(new CellFailure(error));
        }
      };
      return wire;
    };
    const opened = open();
    opened.catch((error) => {
      if (live?.frame !== frame) return;
      const { message, hint } = error as { readonly message: string; readonly hint?: string };
      end(new CellFailure({ name: "Error", message, hint }));
    });
    return { frame, wire: opened, waiting, leaves };
  };

  return {
    /** Runs a program, or calls a function that one exported. @throws CellFailure its own error, or that it was stopped */
    async ask(call: Call, listener: CellListener = {}): Promise<CellResult> {
      live ??= start();
      const mine = live;
      const id = next++;
      let entry: Waiting | undefined;
      const answer = new Promise<CellResult>((resolve, reject) => {
        const output = checkedOutput((text) => listener.onLine?.({ level: "warn", text }));
        entry = { listener, output, resolve, reject, over: false };
        mine.waiting.set(id, entry);
      });
      const send = async (): Promise<void> => {
        const wire = await mine.wire;
        if ("example" in call) return wire.postMessage({ id, ...call } satisfies CellRequest);
        const stripped = await stripTypes(call.run, call.code);
        programs.set(call.run, stripped);
        wire.postMessage({ id, run: call.run, code: stripped.code } satisfies CellRequest);
      };
      send().catch((error) => entry?.reject(error));
      return answer.finally(() => {
        if (entry) entry.over = true;
      });
    },
    /** Ends whatever runs, at once. */
    stop: (): void => stop("Stopped.", "stopped"),
    get lives(): boolean {
      return live !== undefined;
    },
  };
};

export type Kernel = ReturnType<typeof createKernel>;
