import type { Engine } from "../engine.js";
import { EngineError } from "../errors.js";
import { accept, aFunction, is } from "../expect.js";
import type { CacheMethod } from "../method.js";
import type { AbortSignal } from "../platform.js";
import type { CreateEngineOptions } from "../run/create-engine.js";
import { buffersIn, isMessage, packError, type Request, type Response, type Wire } from "./protocol.js";
import { receiveMethod } from "./remote-method.js";

type Argument = Record<string, unknown>;

/** Makes the engine that the other side asks for, or finds one. */
export type OpenEngine = (options: CreateEngineOptions & { readonly signal: AbortSignal }) => Promise<Engine>;

/**
 * Answers on `wire` as the worker of an engine does: `createWorkerEngine({ model, worker })` on its other side gives the
 * engine that `open` made. So a page can lend its one engine to code that it keeps apart.
 *
 * @returns ends everything that the other side asked for or still asks for: it is gone
 */
export const serveEngine = (wire: Wire, open: OpenEngine): (() => void) => {
  accept("serveEngine", {
    wire: [
      wire,
      is("a worker's scope or a MessagePort", (value) => typeof (value as Wire | null)?.postMessage === "function"),
    ],
    open: [open, aFunction],
  });
  let engine: Engine | undefined;
  let gone = false;
  const running = new Map<number, AbortController>();
  const held = (): Engine => {
    if (!engine) throw new EngineError("disposed", "There is no engine on this side yet.");
    return engine;
  };
  const calls: Readonly<Record<string, (argument: Argument & { signal: AbortSignal }) => Promise<unknown>>> = {
    async create(argument) {
      engine = await open(argument as unknown as Parameters<OpenEngine>[0]); // which checks what it is given
      return { model: engine.model, device: engine.device };
    },
    generate({ cache = [], ...rest }) {
      const methods = Array.isArray(cache) ? cache.map((method) => receiveMethod(method, rest.signal)) : cache;
      return held().generate({ ...rest, cache: methods as readonly CacheMethod[] });
    },
    profile: (argument) => held().profile(argument),
    read: (argument) => held().read(argument as unknown as Parameters<Engine["read"]>[0]),
    calibrate: (argument) => held().calibrate(argument),
    changes: (argument) => held().changes(argument),
  };
  wire.onmessage = async ({ data }: { readonly data: Request }) => {
    if (!isMessage(data)) return;
    const { id } = data;
    if ("abort" in data) return running.get(id)?.abort();
    const controller = new AbortController();
    running.set(id, controller);
    if (gone) controller.abort();
    const send = (message: Response, transfer: ArrayBuffer[] = []): void => wire.postMessage(message, transfer);
    try {
      const call = Object.hasOwn(calls, data.call) ? calls[data.call] : undefined;
      if (!call) throw new Error(`the engine's worker has no call "${data.call}"`);
      const onProgress = (progress: unknown): void => send({ id, progress }, buffersIn(progress));
      const { signal } = controller;
      const result = await call({ ...data.argument, signal, ...(data.listens ? { onProgress } : {}) });
      send({ id, result }, buffersIn(result));
    } catch (error) {
      send({ id, error: packError(error) });
    } finally {
      running.delete(id);
    }
  };
  return () => {
    gone = true;
    for (const controller of running.values()) controller.abort();
  };
};
