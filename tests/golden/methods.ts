import { methodFromName } from "../../src/engine/cache/methods/index.js";
import type { CacheMethod, SiteKind } from "../../src/engine/method.js";
import type { ReferenceRun } from "./fixture.js";

const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Fields of diffusers' configurations that say where its hooks look, not what they do. */
const places = /identifiers$|^calibrate$|^taylor_factors_dtype$|^skip_predict/;

/** A recorded configuration of diffusers as our methods. */
export const methodsFor = ({ method, config = {} }: ReferenceRun): readonly CacheMethod[] => {
  const options: Record<string, unknown> = Object.fromEntries(
    Object.entries(config)
      .filter(([name]) => !places.test(name))
      .map(([name, value]) => [camel(name), value]),
  );
  const name = method.replace("firstblock_", "firstblockcache_").split("_")[0] as string;
  if (name === "none") return [];
  if (name === "taylorseer") {
    const patterns = config.cache_identifiers as readonly string[] | null;
    const attention: SiteKind[] = ["spatial-attention", "temporal-attention", "cross-attention"];
    options.sites = patterns?.some((pattern) => pattern.endsWith("ff")) ? [...attention, "feed-forward"] : attention;
  }
  // diffusers' default patterns take Latte's temporal attention for spatial; anchored ones keep the kinds apart.
  if (method === "pab_default_identifiers" || method === "pab_spatial_only") {
    options.temporalAttentionBlockSkipRange = options.spatialAttentionBlockSkipRange;
    options.temporalAttentionTimestepSkipRange = options.spatialAttentionTimestepSkipRange;
  }
  return [methodFromName(name, options)];
};
