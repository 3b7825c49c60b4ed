import { type Cache, type Cell, caches, type Support, type SupportedPipeline } from "./support.js";

/** How a cache fares in a pipeline, and where it does not work, why. */
export interface Verdict {
  readonly state: "works" | "one-call" | "own-callback" | "raises" | "no-effect" | "wrong" | "absent" | "not-run";
  /** The error or warning as it is printed, or what the pipeline lacks. */
  readonly why?: string;
}

export type Column = Exclude<Cache, "seacache-callback">;

/** What the table has as columns. */
export const columns: readonly Column[] = caches.filter((cache) => cache !== "seacache-callback");

/** What one call after another of the class itself showed. */
export const cellVerdict = (cell: Cell): Verdict => {
  if (cell.state === "raises") return { state: "raises", why: cell.error };
  if (cell.state === "not-run") return { state: "not-run", why: cell.reason };
  if (cell.state === "reuses") return { state: "works" };
  const [said] = cell.warns ?? [];
  if (cell.state === "differs") return { state: "wrong", why: said ?? "It reuses, and the output is another." };
  return { state: "no-effect", why: said ?? "No module matches: every call computes everything, without a word." };
};

const byTimestep = (column: Column): boolean => ["pab", "fastercache", "cfgcache"].includes(column);

const inPipeline = (found: Support, pipeline: SupportedPipeline, column: Column): Verdict | undefined => {
  const { context, step, currentTimestep, calls } = pipeline;
  const many = calls > 1;
  if (byTimestep(column)) {
    if (column === "cfgcache" && many) return cellVerdict(found.oneRow.cfgcache);
    if (!currentTimestep)
      return { state: "own-callback", why: "The pipeline has no current_timestep: hand in a callback of your own." };
    return many
      ? {
          state: "one-call",
          why: "It keeps one output for both calls of a step, so each branch of guidance may get the other's.",
        }
      : undefined;
  }
  if (column === "dbcache" || (context && (column !== "seacache" || step))) return undefined;
  if (column === "seacache") return cellVerdict((context ? found.withoutStep : found.withoutContext)["seacache"]);
  if (column === "magcache" && cellVerdict(found.withoutContext.magcache).state === "works")
    return many
      ? { state: "one-call", why: "Without a context both calls of a step are counted as steps of one run." }
      : undefined;
  return cellVerdict(found.withoutContext[column]);
};

/** The verdict on a column: the class's own, and where that works, what the pipeline makes of it. */
export const verdict = (found: Support, pipeline: SupportedPipeline, column: Column): Verdict => {
  const entry = found.classes.find(({ name }) => pipeline.transformers.includes(name));
  if (column === "dbcache") {
    if (!pipeline.cacheDit) return { state: "absent", why: "cache-dit has no adapter under this name." };
    if (!entry) return { state: "not-run", why: "cache-dit has an adapter under this name; it was not run." };
  }
  if (!entry) return { state: "absent", why: "The transformer has no enable_cache." };
  const own = cellVerdict(entry.cells[column]);
  const adapted = column === "seacache" && own.state !== "works" && entry.cells["seacache-callback"].state === "reuses";
  const here = inPipeline(found, pipeline, column);
  if (adapted && (!here || here.state === "works"))
    return { state: "own-callback", why: "diffusers has no adapter for it: hand in a raw_vision_callback." };
  return own.state === "works" || adapted ? (here ?? own) : own;
};
