// The module worker that holds the engine: one engine, asked through messages by `client.ts`.
import { methodFromName } from "../cache/methods/index.js";
import { createEngine } from "../create-engine.js";
import type { Engine } from "../engine.js";
import { EngineError } from "../errors.js";
import { buffersIn, packError, type Request, type Response } from "./protocol.js";

const scope = self as unknown as {
  postMessage(message: Response, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
};

let engine: Engine | undefined;
const running = new Map<number, AbortController>();

const held = (): Engine => {
  if (!engine) throw new EngineError("disposed", "There is no engine in this worker yet.");
  return engine;
};

type Argument = Record<string, unknown>;

const calls: Readonly<Record<string, (argument: Argument) => Promise<unknown>>> = {
  async create(argument) {
    engine = await createEngine(argument as unknown as Parameters<typeof createEngine>[0]);
    return { model: engine.model, device: engine.device };
  },
  generate: ({ cache, ...rest }) =>
    held().generate({
      ...rest,
      cache: ((cache as { name: string; options: object }[] | undefined) ?? []).map(({ name, options }) =>
        methodFromName(name, options),
      ),
    }),
  profile: (argument) => held().profile(argument),
  read: (argument) => held().read(argument as unknown as Parameters<Engine["read"]>[0]),
  calibrate: (argument) => held().calibrate(argument),
  changes: (argument) => held().changes(argument),
};

scope.onmessage = async ({ data }) => {
  const { id } = data;
  if ("abort" in data) return running.get(id)?.abort();
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const call = calls[data.call];
    if (!call) throw new Error(`the engine's worker has no call "${data.call}"`);
    const onProgress = (progress: unknown): void => scope.postMessage({ id, progress }, buffersIn(progress));
    const result = await call({ ...data.argument, signal: controller.signal, ...(data.listens ? { onProgress } : {}) });
    scope.postMessage({ id, result }, buffersIn(result));
  } catch (error) {
    scope.postMessage({ id, error: packError(error) });
  } finally {
    running.delete(id);
  }
};
