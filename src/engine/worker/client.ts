import type { Adherence } from "../adherence.js";
import type { Calibration } from "../calibration.js";
import type { Changes } from "../changes.js";
import type { CreateEngineOptions } from "../create-engine.js";
import type { Engine, Profile, Progress, Result } from "../engine.js";
import { EngineError } from "../errors.js";
import { sitesOf } from "../models/sites-of.js";
import { type Request, type Response, stopped, unpackError } from "./protocol.js";
import { type Crossing, sendMethod } from "./remote-method.js";

export interface WorkerEngineOptions extends Omit<CreateEngineOptions, "model"> {
  /** Address of a checkpoint's folder, relative to the page. */
  readonly model: string;
  /** The worker to use, or a port to where `serveEngine` answers; default a new worker of this package. */
  readonly worker?: Worker | MessagePort;
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/**
 * The same {@link Engine} as `createEngine` gives, living in a module worker: the page stays free while it computes.
 * Aborting `signal` rejects at once here, and ends the work at the next graph over there.
 *
 * @throws EngineError every code of `createEngine`; "runtime-failed" if the worker itself dies
 */
export const createWorkerEngine = async ({ worker: given, ...options }: WorkerEngineOptions): Promise<Engine> => {
  const worker = given ?? new Worker(new URL("./server.js", import.meta.url), { type: "module" });
  const pending = new Map<number, Pending>();
  let next = 0;
  let dead: EngineError | undefined;

  worker.onmessage = ({ data }: MessageEvent<Response>) => {
    const call = pending.get(data.id);
    if (!call) return;
    if ("progress" in data) return call.onProgress?.(data.progress as Progress);
    pending.delete(data.id);
    if ("error" in data) call.reject(unpackError(data.error));
    else call.resolve(data.result as never);
  };
  const leave = (): void => ("terminate" in worker ? worker.terminate() : worker.close());
  const die = (error: EngineError): void => {
    dead ??= error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    leave();
  };
  const failed = (why: string): void =>
    die(new EngineError("runtime-failed", `The engine's worker died: ${why}.`, { hint: "Reload the page." }));
  if ("onerror" in worker) worker.onerror = ({ message }) => failed(message || "its script could not be loaded");
  worker.onmessageerror = () => failed("it sent something that cannot be read");

  const ask = <T>(call: string, { signal, onProgress, ...argument }: AskOptions, ports: MessagePort[] = []) => {
    if (dead) return Promise.reject<T>(dead);
    if (signal?.aborted) return Promise.reject<T>(stopped());
    const id = next++;
    const send = (message: Request, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);
    return new Promise<T>((resolve, reject) => {
      const stop = (): void => {
        pending.delete(id);
        send({ id, abort: true });
        reject(stopped());
      };
      send({ id, call, argument, listens: onProgress !== undefined }, ports); // Throws on what cannot be cloned.
      signal?.addEventListener("abort", stop, { once: true });
      const done = (): void => signal?.removeEventListener("abort", stop);
      pending.set(id, {
        onProgress,
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
    });
  };

  const model = new URL(options.model, globalThis.location?.href).href;
  const { model: info, device } = await ask<Pick<Engine, "model" | "device">>("create", { ...options, model }).catch(
    (error: Error) => {
      leave();
      throw error;
    },
  );
  return {
    model: info,
    device,
    generate({ cache = [], ...request } = {}) {
      const crossing: Crossing = { transfer: [], own: [] };
      const sent = cache.map((method) => sendMethod(method, () => sitesOf(info.network), crossing));
      return ask<Result>("generate", { ...request, cache: sent }, crossing.transfer).finally(() => {
        for (const port of crossing.own) port.close();
      });
    },
    profile: (request = {}) => ask<Profile>("profile", { ...request }),
    read: (request) => ask<Adherence | undefined>("read", { ...request }),
    calibrate: (request = {}) => ask<Calibration>("calibrate", { ...request }),
    changes: (request = {}) => ask<Changes>("changes", { ...request }),
    // Ending the worker frees its memory and its device at once, also in the middle of a run.
    dispose: async () => die(new EngineError("disposed", "This engine has been disposed of.")),
  };
};

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly [field: string]: unknown;
}
