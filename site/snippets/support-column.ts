import type { Column } from "../support/verdict.js";
import type { PythonConfig } from "./python-config.js";

const columns: Readonly<Record<string, Column>> = {
  PyramidAttentionBroadcastConfig: "pab",
  FirstBlockCacheConfig: "firstblockcache",
  MagCacheConfig: "magcache",
  SeaCacheConfig: "seacache",
};

/** The column of the support table that a configuration is judged by; undefined where its own patterns decide. */
export const supportColumn = ({ name, lines }: Pick<PythonConfig, "name" | "lines">): Column | undefined => {
  const has = (text: string): boolean => lines.some((line) => line.includes(text));
  if (name === "TaylorSeerCacheConfig")
    return has("use_lite_mode=True") ? "taylorseer-lite" : has("cache_identifiers") ? undefined : "taylorseer";
  if (name === "FasterCacheConfig") return has("spatial_attention_block_skip_range=None") ? "cfgcache" : "fastercache";
  return columns[name];
};
