import { sitesOf } from "../cache/sites-of.js";
import type { CalibratedMethod, FreshCalibration } from "../calibrate/calibration.js";
import type { CalibrationRequest, Engine, Profile, Progress, Result } from "../engine.js";
import { EngineError } from "../errors.js";
import { accept, aFunction, anAmount, anObject, aSignal, fields, is } from "../expect.js";
import type { Changes } from "../measure/changes.js";
import type { Adherence } from "../metrics/judged.js";
import { absolute } from "../models/http/absolute.js";
import { hubAddress } from "../models/hub-address.js";
import { isPicked, type Picked } from "../models/picked.js";
import { filesOf } from "../models/picked-files.js";
import { type AbortSignal, inNode, type MessagePort, type Worker } from "../platform.js";
import type { CreateEngineOptions } from "../run/create-engine.js";
import { checkMethods } from "../run/request-checks.js";
import { isMessage, type Request, type Response, stopped } from "./protocol.js";
import { type Crossing, sendMethod } from "./remote-method.js";
import { unpackError } from "./unpack-error.js";

/** As for {@link createEngine}, in a worker. */
export interface WorkerEngineOptions extends Omit<CreateEngineOptions, "model"> {
  /** As for {@link createEngine}; an address is relative to the page. */
  readonly model: string | Picked;
  /** The worker to use, or a port to where `serveEngine` answers; default a new worker of this package. */
  readonly worker?: Worker | MessagePort;
  /**
   * How long a stopped call may go on before its worker is replaced: WebAssembly cannot be interrupted inside a graph.
   * Only a worker that this call made is replaced. Default 700.
   */
  readonly stopMs?: number;
}

interface Pending {
  readonly message: Request;
  readonly ports: readonly MessagePort[];
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

const aModel = is("a string, or what a reader picked", (value) => typeof value === "string" || isPicked(value));

const aWire = is(
  "a Worker or a MessagePort",
  (value) => typeof (value as MessagePort | null)?.postMessage === "function",
);

/**
 * The same {@link Engine} as `createEngine` gives, living in a module worker: the page stays free while it computes.
 * Aborting `signal` rejects at once here, and ends the work at the next graph over there; a worker that does not come
 * to one in time is replaced by another, which loads the model again from where the browser keeps it.
 *
 * @throws EngineError every code of `createEngine`; "runtime-failed" if the worker itself dies; "backend-missing" in Node without a `worker`
 */
export const createWorkerEngine = async (all: WorkerEngineOptions): Promise<Engine> => {
  accept("createWorkerEngine", {
    options: [
      all,
      fields({ model: aModel, "worker?": aWire, "stopMs?": anAmount, "signal?": aSignal, "onProgress?": aFunction }),
    ],
  });
  const { worker: given, stopMs = 700, ...asked } = all;
  let options = asked;
  if (!given && inNode())
    throw new EngineError("backend-missing", "A worker of this package runs in browsers, and this is Node.", {
      hint: "Use createEngine, or give a port at whose other end serveEngine answers, as `worker`.",
    });
  const open = (): Worker | MessagePort =>
    given ?? new Worker(new URL("./server.js", import.meta.url), { type: "module" });
  const pending = new Map<number, Pending>();
  /** What the other side has not answered yet, in the order asked; stopped calls are still there. */
  const unanswered = new Set<number>();
  let worker = open();
  let next = 0;
  let dead: EngineError | undefined;
  let replacing = false;

  const post = ({ message, ports }: Pick<Pending, "message" | "ports">): void => {
    worker.postMessage(message, [...ports]);
    unanswered.add(message.id);
  };
  const leave = (): void => ("terminate" in worker ? worker.terminate() : worker.close());
  const die = (error: EngineError): void => {
    dead ??= error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    // Who serves a port lives on, and others may wait for what we asked.
    for (const id of unanswered) worker.postMessage({ id, abort: true } satisfies Request);
    unanswered.clear();
    leave();
  };
  const failed = (why: string): void =>
    die(new EngineError("runtime-failed", `The engine's worker died: ${why}.`, { hint: "Reload the page." }));
  const listen = (): void => {
    worker.onmessage = ({ data }: { readonly data: Response }) => {
      if (!isMessage(data)) return failed("it sent something that cannot be read");
      const call = pending.get(data.id);
      if ("progress" in data) return call?.onProgress?.(data.progress as Progress);
      unanswered.delete(data.id);
      pending.delete(data.id);
      if ("error" in data) call?.reject(unpackError(data.error));
      else call?.resolve(data.result as never);
    };
    if ("onerror" in worker) worker.onerror = ({ message }) => failed(message || "its script could not be loaded");
    else worker.addEventListener("close", () => failed("the other side closed its port"));
    worker.onmessageerror = () => failed("it sent something that cannot be read");
  };
  listen();

  const ask = <T>(call: string, { signal, onProgress, ...argument }: AskOptions, ports: MessagePort[] = []) => {
    if (dead) return Promise.reject<T>(dead);
    if (signal?.aborted) return Promise.reject<T>(stopped());
    const id = next++;
    return new Promise<T>((resolve, reject) => {
      const stop = (): void => {
        pending.delete(id);
        if (unanswered.has(id)) worker.postMessage({ id, abort: true } satisfies Request);
        if (!given && call !== "create") setTimeout(replaceIfBusyWith, stopMs, id);
        reject(stopped());
      };
      const entry: Pending = {
        message: { id, call, argument, listens: onProgress !== undefined },
        ports,
        onProgress,
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      if (!replacing || call === "create") post(entry); // Throws on what cannot be cloned.
      signal?.addEventListener("abort", stop, { once: true });
      const done = (): void => signal?.removeEventListener("abort", stop);
      pending.set(id, entry);
    });
  };

  const reopen = (): void => {
    leave();
    unanswered.clear();
    worker = open();
    listen();
  };

  /** Calls wait for each other over there: only the first of them can be what keeps the worker. */
  const replaceIfBusyWith = (id: number): void => {
    const [first] = unanswered;
    if (dead || replacing || first !== id) return;
    replacing = true;
    reopen();
    const waiting = [...pending.values()];
    const { signal: _, onProgress: __, ...quietly } = options;
    ask("create", { ...quietly, model }).then(
      () => {
        replacing = false;
        for (const [id, call] of [...pending])
          try {
            if (waiting.includes(call) && call.ports.length > 0) throw replaced();
            post(call);
          } catch (error) {
            pending.delete(id);
            call.reject(error as Error);
          }
      },
      (error: EngineError) => die(error),
    );
  };

  const page = globalThis.location?.href; // in Node there is none, and a path stays a path
  const addressed = (address: string): string =>
    page === undefined || hubAddress(address) ? address : absolute(address, page);
  const model = typeof options.model === "string" ? addressed(options.model) : await filesOf(options.model);
  const create = (): Promise<Opened> => ask<Opened>("create", { ...options, model });
  const { model: info, device } = await create()
    .catch((error: Error) => {
      if (given || !isCode(error, "threads-silent")) throw error;
      // onnxruntime-web starts once in a thread, so that another try needs another thread.
      reopen();
      options = { ...options, threads: 1 };
      return create().then((opened) => ({ ...opened, device: onOneThread(opened.device, error) }));
    })
    .catch((error: Error) => {
      // A stopped download keeps what it has before it ends.
      if (isCode(error, "stopped")) setTimeout(leave, stopMs);
      else leave();
      throw error;
    });
  return {
    model: info,
    device,
    async generate(request = {}) {
      accept("The engine", { request: [request, anObject] });
      const { cache = [], ...rest } = request;
      checkMethods(cache);
      const crossing: Crossing = { transfer: [], own: [] };
      const sent = cache.map((method) => sendMethod(method, () => sitesOf(info.network), crossing));
      return ask<Result>("generate", { ...rest, cache: sent }, crossing.transfer).finally(() => {
        for (const port of crossing.own) port.close();
      });
    },
    profile: (request = {}) => ask<Profile>("profile", { ...request }),
    read: (request) => ask<Adherence | undefined>("read", { ...request }),
    calibrate: <M extends CalibratedMethod>(request: CalibrationRequest<M> = {}) =>
      ask<FreshCalibration<M>>("calibrate", { ...request }),
    changes: (request = {}) => ask<Changes>("changes", { ...request }),
    // Ending the worker frees its memory and its device at once, also in the middle of a run.
    dispose: async () => die(new EngineError("disposed", "This engine has been disposed of.")),
  };
};

type Opened = Pick<Engine, "model" | "device">;

const isCode = (error: Error, code: EngineError["code"]): boolean =>
  error instanceof EngineError && error.code === code;

/** The same report, which says why its last rung, WASM, has one thread. */
const onOneThread = (device: Engine["device"], { message }: Error): Engine["device"] => ({
  ...device,
  ladder: device.ladder.map((rung) =>
    rung.taken ? { ...rung, reason: `${rung.reason} On one thread. ${message}` } : rung,
  ),
});

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly [field: string]: unknown;
}

/** A port goes to one worker only. */
const replaced = (): EngineError =>
  new EngineError("runtime-failed", "The worker was replaced while a method of your own waited for its turn.", {
    hint: "Run it again.",
  });
