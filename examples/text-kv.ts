import { type CompareRequest, compare, textKvCache } from "diffusion-cache";

/** Text keys and values (diffusers PR 13317, made general): computed once per run, since the text stays as it is. */
export const methods = () => [textKvCache()];

/** The same clip twice, from the same noise: with every step computed, then with the cache. */
export const run = (request: CompareRequest) => compare(request, methods());

/** There is nothing to set. */
export const knobs: readonly [] = [];
