import type { MethodName } from "diffusion-cache";

/** The function that the package exports for each method; its name at run time is the minifier's. */
export const methodFunctions = {
  cfgcache: "cfgCache",
  dbcache: "dbCache",
  dicache: "diCache",
  easycache: "easyCache",
  fastercache: "fasterCache",
  firstblockcache: "firstBlockCache",
  fora: "fora",
  lazycache: "lazyCache",
  magcache: "magCache",
  pab: "pab",
  smoothcache: "smoothCache",
  spectrum: "spectrum",
  stepmask: "stepMask",
  taylorseer: "taylorSeer",
  teacache: "teaCache",
  textkvcache: "textKvCache",
} as const satisfies Readonly<Record<MethodName, string>>;
