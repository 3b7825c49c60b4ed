import type { Engine, Preference, Profile, Progress } from "diffusion-cache";
import { wasHidden } from "../page/in-view.js";
import { reportDevice } from "./preference.js";

interface Warm {
  readonly engine: Engine;
  /** What its first run noted of the checkpoint. */
  readonly notes: readonly string[] | undefined;
}

interface Held {
  readonly key: string;
  readonly warm: Promise<Warm>;
  profile?: Promise<Profile>;
}

let held: Held | undefined;

interface Request {
  readonly model: string;
  readonly backend: Preference;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

const create = async ({ model, ...options }: Request): Promise<Warm> => {
  const { createWorkerEngine } = await import("./engine-door.js");
  const engine = await createWorkerEngine({ model: new URL(model, location.href).href, ...options });
  return { engine, notes: await warmUp(engine, options) };
};

/**
 * One step that nobody measures: while the first one runs, the browser still optimises the WebAssembly code, which
 * would count against whichever run comes first.
 */
const warmUp = async (
  engine: Engine,
  { signal, onProgress }: Pick<Request, "signal" | "onProgress">,
): Promise<Warm["notes"]> => {
  if (engine.model.textRows === 0) return undefined; // it reads no prompt, so nothing is known to run
  try {
    const shown = (progress: Progress): void => {
      if (progress.phase === "compile") onProgress(progress);
    };
    return (await engine.generate({ steps: 1, signal, onProgress: shown })).trace.notes;
  } catch (error) {
    await engine.dispose();
    throw error;
  }
};

/**
 * The one engine of the page, made at the first run. Asking for another model or backend lets the old one go first, so
 * that there is never a second copy of the weights. A failed or stopped start is forgotten: the next run tries again.
 */
export const engineFor = async (request: Request): Promise<Engine> => {
  const key = `${request.backend} ${request.model}`;
  if (held && held.key !== key) {
    const old = held;
    held = undefined;
    await old.warm.then(({ engine }) => engine.dispose()).catch(() => undefined);
  }
  held ??= { key, warm: create(request) };
  const mine = held;
  try {
    const { engine, notes } = await mine.warm;
    reportDevice(engine.device, notes);
    return engine;
  } catch (error) {
    if (held === mine) held = undefined;
    throw error;
  }
};

/** Lets the engine go after an error that it cannot recover from. */
export const forgetEngine = (): void => {
  const old = held;
  held = undefined;
  void old?.warm.then(({ engine }) => engine.dispose()).catch(() => undefined);
};

/** Where a forward pass spends its time on the engine of the page, measured once in view. */
export const profileOf = async (engine: Engine, signal: AbortSignal): Promise<Profile> => {
  const mine = held;
  if (!mine) return engine.profile({ signal });
  const since = performance.now();
  mine.profile ??= engine.profile({ signal });
  try {
    const profile = await mine.profile;
    if (wasHidden(since)) delete mine.profile;
    return profile;
  } catch (error) {
    delete mine.profile;
    throw error;
  }
};
