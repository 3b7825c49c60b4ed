import type { CacheMethod } from "../../method.js";
import { type EasyCacheOptions, easyOptions, easyProbes, easyStart } from "./easy-cache.js";

/** Options of {@link lazyCache}: those of EasyCache. */
export interface LazyCacheOptions extends EasyCacheOptions {}

/**
 * LazyCache (ComfyUI's name): EasyCache (arXiv:2507.02860) around the whole step, on the prediction after guidance. One
 * cache whatever the number of branches, and a reused step runs none of them. As in ComfyUI's wrapper k is measured
 * inside the active steps alone, so that the first of them is always computed.
 *
 * @throws EngineError "option-unknown", "option-invalid"
 */
export const lazyCache = (options: LazyCacheOptions = {}): CacheMethod => {
  const resolved = easyOptions("lazycache", options);
  return {
    name: "lazycache",
    source: "arXiv:2507.02860, as ComfyUI wraps it",
    options: resolved,
    sites: (model) => [model.guided("residual")],
    probes: () => easyProbes(resolved),
    start: easyStart(resolved, true),
  };
};
