import type { BenchMethod, CacheMethod, Engine, Result } from "diffusion-cache";
import { engineBroke } from "../device/engine-broke.js";
import type { Lendable } from "../device/lent-engine.js";
import { CellFailure } from "./cell-failure.js";
import { createKernel, type Kernel } from "./kernel.js";
import { type OwnMethod, rowOf } from "./own-methods.js";

interface Where {
  readonly base: string;
  readonly models: readonly Lendable[];
  /** Address of the model that the table measures. */
  readonly model: string;
}

/** Names that no cell can have. */
const [setUp, once] = ["the table", "one run of the table"];

/** What went wrong with a method, and in which line of its reader's. */
const inWords = ({ failure: { name, message, at } }: CellFailure): string =>
  `${["Error", "EngineError", "Stopped"].includes(name) ? "" : `${name}: `}${message}${at ? ` (${at.program}, line ${at.line})` : ""}`;

/** Runs one method where its reader's code lives, on the page's engine. What a run did is what the engine did, not the code's word. */
const runner = ({ exported, notebook: { cells } }: OwnMethod, { base, models, model }: Where) => {
  let kernel: Kernel | undefined;
  let [result, error, heard]: [Result?, unknown?, Parameters<Engine["generate"]>[0]?] = [];

  const start = async (): Promise<Kernel> => {
    kernel = createKernel({
      ...{ base, models },
      follower: {
        onProgress: (_, progress) => heard?.onProgress?.(progress),
        onResult: (_, made) => {
          result = made;
        },
        onError: (thrown) => {
          error = thrown;
        },
      },
    });
    for (const { name, code } of cells) await kernel.ask({ run: name, code });
    const from = cells.at(-1)?.name;
    const code = `exports.method = require("./${from}")[${JSON.stringify(exported)}];
      if (typeof exports.method?.start !== "function") throw new Error("${from} exports no method as ${exported}.");
      exports.engine = await require("diffusion-cache").createWorkerEngine({ model: ${JSON.stringify(model)} });`;
    await kernel.ask({ run: setUp, code });
    return kernel;
  };

  return {
    async generate(request: NonNullable<typeof heard>): Promise<Result> {
      const { cache: _, signal, onProgress: __, ...asked } = request;
      const stop = (): void => void kernel?.stop();
      signal?.addEventListener("abort", stop, { once: true });
      try {
        const ready = kernel ?? (await start());
        [result, error, heard] = [undefined, undefined, request];
        const code = `const { engine, method } = require("${setUp}"); await engine.generate({ ...${JSON.stringify(asked)}, cache: [method] });`;
        await ready.ask({ run: once, code });
      } catch (thrown) {
        if (engineBroke(error)) throw error;
        throw thrown instanceof CellFailure ? new Error(inWords(thrown), { cause: thrown }) : thrown;
      } finally {
        heard = undefined;
        signal?.removeEventListener("abort", stop);
      }
      if (!result) throw new Error("Its run gave no result.");
      return result;
    },
    close: (): void => void kernel?.stop(),
  };
};

const elsewhere = (): never => {
  throw new Error("this method runs in its reader's worker");
};

/**
 * Rows for methods that readers wrote, each in a worker of its own, made with its first run; and the engine that runs
 * them. An error of a method is an error of its runs alone.
 */
export const ownMethodRuns = (engine: Engine, own: readonly OwnMethod[], where: Where) => {
  const runners = new Map<CacheMethod, ReturnType<typeof runner>>();
  const methods = own.map((method): BenchMethod => {
    const { name } = method;
    const stand: CacheMethod = { name, options: {}, sites: elsewhere, start: elsewhere };
    runners.set(stand, runner(method, where));
    return { name: rowOf(method), options: {}, cache: [stand] };
  });
  return {
    methods,
    engine: {
      ...engine,
      generate(request = {}) {
        const [method] = request.cache ?? [];
        const found = method && runners.get(method);
        return found ? found.generate(request) : engine.generate(request);
      },
    } satisfies Engine,
    close(): void {
      for (const one of runners.values()) one.close();
    },
  };
};
