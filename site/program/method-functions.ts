import type { MethodName } from "diffusion-cache";

/** The function that the package exports for each method; its name at run time is the minifier's. */
export const methodFunctions = {
  adacache: "adaCache",
  cfgcache: "cfgCache",
  dbcache: "dbCache",
  dbprune: "dbPrune",
  dicache: "diCache",
  dpcache: "dpCache",
  easycache: "easyCache",
  fastercache: "fasterCache",
  firstblockcache: "firstBlockCache",
  fora: "fora",
  lazycache: "lazyCache",
  magcache: "magCache",
  mask: "stepMask",
  meancache: "meanCache",
  pab: "pab",
  seacache: "seaCache",
  sencache: "senCache",
  smoothcache: "smoothCache",
  speca: "speca",
  spectrum: "spectrum",
  taylorseer: "taylorSeer",
  teacache: "teaCache",
  textkv: "textKvCache",
} as const satisfies Readonly<Record<MethodName, string>>;
