import { type CacheMethod, compute, reuse } from "../../method.js";
import { knownOptions } from "../options.js";

/**
 * The keys and values that cross-attention makes of the text do not depend on the timestep: computed once per run and
 * branch, and read in every other step. Lossless, bit for bit. After diffusers' TextKVCache (PR 13317), which has it for
 * one model; here for every model whose text does not change between blocks.
 *
 * @throws EngineError "option-unknown"; "site-missing" on a model whose text changes from block to block, as FLUX's does
 */
export const textKvCache = (options: Readonly<Record<string, never>> = {}): CacheMethod => {
  knownOptions("textkv", options, []);
  return {
    name: "textkv",
    source: "diffusers PR 13317",
    options: {},
    sites: (model) => model.all("text-kv"),
    start:
      () =>
      ({ forced }) =>
        forced ? compute : reuse,
  };
};
