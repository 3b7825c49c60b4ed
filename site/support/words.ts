import type { Cache } from "./support.js";
import type { Column, Verdict } from "./verdict.js";

export const columnNames: Readonly<Record<Column, string>> = {
  pab: "PAB",
  fastercache: "FasterCache, attention",
  cfgcache: "FasterCache, guidance",
  firstblockcache: "FirstBlockCache",
  taylorseer: "TaylorSeer",
  "taylorseer-lite": "TaylorSeer, lite",
  magcache: "MagCache",
  seacache: "SeaCache",
  dbcache: "cache-dit",
};

export const cellNames: Readonly<Record<Cache, string>> = {
  ...columnNames,
  "seacache-callback": "SeaCache, own callback",
};

export const stateWords: Readonly<Record<Verdict["state"], string>> = {
  works: "yes",
  "one-call": "one call",
  "own-callback": "own callback",
  raises: "raises",
  "no-effect": "no effect",
  wrong: "wrong",
  absent: "no",
  "not-run": "not run",
};
