import type { Engine, GenerateOptions, Progress, Result } from "../engine.js";
import { accept, aFunction, aMethod, anEngine, anObject, aSignal, fields, listOf } from "../expect.js";
import type { CacheMethod } from "../method.js";
import type { AbortSignal } from "../platform.js";
import type { Quality } from "../trace/trace.js";
import { compareRuns } from "./compare-runs.js";

/** What {@link compare} needs. `Options` are those of a method, for programs that hand one request on. */
export interface CompareRequest<Options = unknown> {
  /** Makes both clips; not disposed of. */
  readonly engine: Engine;
  /** What both runs are asked for. `options` is not read. */
  readonly settings: Pick<GenerateOptions, "prompt" | "seed" | "steps" | "guidance" | "inputs"> & {
    readonly options?: Options;
  };
  /** Aborted, it ends whichever run is under way. */
  readonly signal?: AbortSignal;
  /** Called for both runs in turn; each step brings the clip as it forms. */
  readonly onProgress?: (run: "uncached" | "cached", progress: Progress) => void;
}

/** A clip made twice, and how far the cached one is from the other. */
export interface Comparison {
  /** The run with every step computed. */
  readonly uncached: Result;
  /** The run with the methods. */
  readonly cached: Result;
  /** Of the cached clip against the other. */
  readonly quality: Quality;
}

/**
 * Makes one clip twice from the same noise: with every step computed, then with `methods`. One after the other, so that
 * neither takes time from the other; the time of the first run after a start includes warming up.
 *
 * @throws EngineError as `engine.generate`; "stopped" ends whichever run is under way
 */
export const compare = async (request: CompareRequest, methods: readonly CacheMethod[]): Promise<Comparison> => {
  accept("compare", {
    request: [request, fields({ engine: anEngine, settings: anObject, "signal?": aSignal, "onProgress?": aFunction })],
    methods: [methods, listOf(aMethod, { most: 100 })],
  });
  const { engine, settings, signal, onProgress } = request;
  const { options: _, ...asked } = settings;
  const made = (run: "uncached" | "cached", cache: readonly CacheMethod[]): Promise<Result> =>
    engine.generate({
      ...asked,
      cache,
      stepLatents: true,
      ...(signal ? { signal } : {}),
      ...(onProgress ? { previewEvery: 1, onProgress: (progress: Progress) => onProgress(run, progress) } : {}),
    });
  const uncached = await made("uncached", []);
  const cached = await made("cached", methods);
  return { uncached, cached, quality: compareRuns(uncached, cached) };
};
