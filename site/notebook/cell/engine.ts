// What `import … from "diffusion-cache"` gives in a cell: the package itself, but for its engine, which is the page's.
import {
  type CreateEngineOptions,
  createWorkerEngine as connect,
  type Engine,
  EngineError,
  type WorkerEngineOptions,
} from "diffusion-cache";

export * from "diffusion-cache";

let host: { readonly lend: (port: MessagePort) => void; readonly page: string } | undefined;

/** Says where engines come from, before any program runs. */
export const setHost = (given: typeof host): void => {
  host = given;
};

/** The page's one engine, weights and all, behind a port. */
export const createWorkerEngine = async ({
  worker: _,
  scheduler,
  ...options
}: WorkerEngineOptions): Promise<Engine> => {
  if (scheduler)
    throw new EngineError("input-invalid", "A cell shares the page's engine, which has the model's own scheduler.", {
      hint: "Leave the option scheduler out.",
    });
  if (typeof options.model !== "string") throw noAddress();
  const { port1, port2 } = new MessageChannel();
  host?.lend(port2);
  const engine = await connect({ ...options, model: new URL(options.model, host?.page).href, worker: port1 });
  return { ...engine, dispose: async () => undefined }; // The page's engine stays: other cells use it.
};

const noAddress = (): EngineError =>
  new EngineError("input-invalid", "A cell names its model by its address, such as /models/latte-motion-nano.");

export const createEngine = ({ model, ...options }: CreateEngineOptions): Promise<Engine> => {
  if (typeof model !== "string") throw noAddress();
  return createWorkerEngine({ ...options, model });
};
