import { type Follower, type Lendable, lentEngine } from "../device/lent-engine.js";
import type {
  CellError,
  CellEvent,
  CellRequest,
  CellResult,
  ConsoleLine,
  ExampleRequest,
  Shown,
} from "./cell/messages.js";
import { CellFailure } from "./cell-failure.js";

/** What a program says while it runs, and after: a timer of it may still speak. */
export interface CellListener {
  onShown?(shown: Shown): void;
  onLine?(line: ConsoleLine): void;
  /** An error that came after the program had ended, from a timer or a forgotten promise. */
  onLate?(error: CellError): void;
}

interface Live {
  readonly frame: HTMLIFrameElement;
  readonly wire: MessagePort;
  readonly waiting: Map<number, Waiting>;
  readonly lent: (() => void)[];
  timer?: ReturnType<typeof setInterval>;
}

interface Waiting extends CellListener {
  readonly resolve: (value: CellResult) => void;
  readonly reject: (error: CellFailure) => void;
}

/** Seconds without an answer after which a program is stopped: it never yields, so nothing else could end it. */
export const mostSilence = 10;
const mostMessages = 50_000;

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

type Call = { readonly run: string; readonly code: string } | ({ readonly example: string } & ExampleRequest);

/** The worker in which the programs of one notebook run, made with the first one. */
export const createKernel = ({ base, models, follower = {}, onEnd, onSilence }: KernelOptions) => {
  let live: Promise<Live> | undefined;
  let next = 0;

  const end = async (why: string, code?: "stopped"): Promise<void> => {
    const ending = live;
    live = undefined;
    if (!ending) return;
    const { frame, wire, waiting, lent, timer } = await ending;
    clearInterval(timer);
    wire.close();
    frame.remove(); // Ends its worker too, also inside an endless loop.
    for (const leave of lent) leave();
    for (const { reject } of waiting.values()) reject(new CellFailure({ name: "Stopped", message: why, code }));
    onEnd?.(why);
  };

  /** Asks the worker every second whether it still yields. Counts asks, not time: a sleeping machine is no endless loop. */
  const watch = (wire: MessagePort): { heard(): void; timer: ReturnType<typeof setInterval> } => {
    let silent = 0;
    let answered = false;
    wire.postMessage({ ping: 0 } satisfies CellRequest); // comes before any program, so that silence tells which it is
    const timer = setInterval(() => {
      if (silent >= 2) onSilence?.(silent);
      if (silent >= mostSilence)
        return void end(
          answered
            ? `Stopped: the program had not yielded for ${mostSilence} seconds. An endless loop, or memory taken without end.`
            : `Nothing ran: the frame for code (cell.html) has not answered for ${mostSilence} seconds. It could not be fetched, or the browser or an extension blocked it.`,
        );
      silent++;
      wire.postMessage({ ping: silent } satisfies CellRequest);
    }, 1000);
    return {
      timer,
      heard() {
        answered = true;
        if (silent >= 2) onSilence?.(0);
        silent = 0;
      },
    };
  };

  const start = async (): Promise<Live> => {
    const { serveEngine } = await import("../device/engine-door.js");
    const frame = document.createElement("iframe");
    frame.sandbox.add("allow-scripts");
    frame.hidden = true;
    frame.title = "Where the code of this page runs";
    frame.src = `${base.replace(/\/$/, "")}/cell.html`;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    document.body.append(frame);
    await loaded;
    const { port1: wire, port2 } = new MessageChannel();
    frame.contentWindow?.postMessage({ page: new URL(base, location.href).href }, "*", [port2]);
    const waiting = new Map<number, Waiting>();
    const lent: (() => void)[] = [];
    const { heard, timer } = watch(wire);
    let messages = 0;
    wire.onmessage = ({ data }: MessageEvent<CellEvent>) => {
      if (++messages > mostMessages) return void end("Stopped: the program sent more than the page can show.");
      if ("pong" in data) return heard();
      if ("engine" in data) return void lent.push(serveEngine(data.engine, lentEngine(models, follower)));
      const call = waiting.get(data.id);
      if ("display" in data) return call?.onShown?.(data.display);
      if ("line" in data) return call?.onLine?.(data.line);
      if ("result" in data) return call?.resolve(data.result);
      if ("error" in data) {
        call?.onLate?.(data.error);
        call?.reject(new CellFailure(data.error));
      }
    };
    return { frame, wire, waiting, lent, timer };
  };

  return {
    /** Runs a program, or calls a function that one exported. @throws CellFailure its own error, or that it was stopped */
    async ask(call: Call, listener: CellListener = {}): Promise<CellResult> {
      live ??= start();
      const { wire, waiting } = await live;
      const id = next++;
      let over = false;
      return new Promise<CellResult>((resolve, reject) => {
        waiting.set(id, { ...listener, onLate: (error) => over && listener.onLate?.(error), resolve, reject });
        wire.postMessage({ id, ...call } satisfies CellRequest);
      }).finally(() => {
        over = true;
      });
    },
    /** Ends whatever runs, at once. */
    stop: (): Promise<void> => end("Stopped.", "stopped"),
    get lives(): boolean {
      return live !== undefined;
    },
  };
};

export type Kernel = ReturnType<typeof createKernel>;
