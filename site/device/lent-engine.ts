import type { CacheMethod, Engine, OpenEngine, Progress, Result } from "diffusion-cache";
import type { PageModel } from "../model/models.js";
import { engineBroke } from "./engine-broke.js";
import { engineFor, forgetEngine } from "./engines.js";
import { preferred } from "./preference.js";
import { inTurn } from "./turns.js";

/** Follows what a cell asks of the engine. What the page shows of a run comes from here, never from the cell's word. */
export interface Follower {
  onStart?(methods: readonly CacheMethod[]): void;
  onProgress?(methods: readonly CacheMethod[], progress: Progress): void;
  onResult?(methods: readonly CacheMethod[], result: Result): void;
  /** A call failed here, whatever the cell makes of that. */
  onError?(error: unknown): void;
  /** Whether the reader has let programs load models from the Hub; where it is not there, nobody asked. */
  mayAskHub?(): boolean;
  /** While the engine itself loads. */
  onLoading?(progress: Progress): void;
  /** While others of the page go first: how many. Without it calls take no turns: the example that asks has one. */
  onPlace?(ahead: number): void;
}

export type Lendable = Pick<PageModel, "name" | "address">;

/** The model that an address of this site names: programs say /models/NAME wherever the site's root is. */
const modelAt = (address: unknown): string | undefined => {
  const { origin, pathname } = new URL(String(address), location.href);
  return origin === location.origin ? /\/models\/([\w-]+)\/?$/.exec(pathname)?.[1] : undefined;
};

/** A model on the Hub, as programs name it. */
const hubModel = /^hub:(?=[\w-])/;

/**
 * The page's one engine as cells get it: each call goes to the engine that the page has then. Results go to the cell as
 * copies, as a message takes its arrays along.
 */
export const lentEngine = (models: readonly Lendable[], follower: Follower): OpenEngine => {
  const lent = (address: unknown): Lendable | undefined => {
    if (!hubModel.test(String(address))) return models.find(({ name }) => modelAt(address) === name);
    if (follower.mayAskHub?.()) return { name: String(address), address: String(address) };
    throw Object.assign(new Error(`This page may not load ${String(address)} for a program.`), {
      hint: follower.mayAskHub
        ? "Tick “Cells may load models from the Hub” first: a program from somebody else then asks the Hub in your name."
        : "Programs load models of the Hub in the playground.",
    });
  };
  return async ({ model: address, signal, onProgress: heard }) => {
    const model = lent(address);
    if (!model)
      throw Object.assign(new Error(`This page has no model at ${String(address)}.`), {
        hint: `It has ${models.map(({ name }) => `/models/${name}`).join(" and ")}.`,
      });
    const loading = heard as ((progress: Progress) => void) | undefined;
    const current = (ends: AbortSignal): Promise<Engine> =>
      engineFor({
        model: model.address,
        backend: preferred(),
        signal: ends,
        onProgress(progress) {
          follower.onLoading?.(progress);
          loading?.(progress);
        },
      });
    const on = async <T>(ends: AbortSignal | undefined, call: (engine: Engine) => Promise<T>): Promise<T> => {
      const { onPlace } = follower;
      const work = async (): Promise<T> => call(await current(ends ?? signal));
      try {
        return await (onPlace ? inTurn(work, { signal: ends ?? signal, onPlace }) : work());
      } catch (error) {
        follower.onError?.(error);
        if (engineBroke(error)) forgetEngine();
        throw error;
      }
    };
    const first = await on(signal, async (engine) => engine);
    return {
      ...first,
      generate(options = {}) {
        const { cache = [] } = options;
        follower.onStart?.(cache);
        const onProgress = (progress: Progress): void => {
          follower.onProgress?.(cache, structuredClone(progress));
          options.onProgress?.(progress);
        };
        return on(options.signal, async (engine) => {
          const result = await engine.generate({ ...options, onProgress });
          follower.onResult?.(cache, result);
          return structuredClone(result);
        });
      },
      profile: (options) => on(options?.signal, (engine) => engine.profile(options)),
      calibrate: (options) => on(options?.signal, (engine) => engine.calibrate(options)),
      changes: (options) => on(options?.signal, (engine) => engine.changes(options)),
      read: (request) => on(undefined, (engine) => engine.read(request)),
      dispose: async () => undefined,
    };
  };
};
